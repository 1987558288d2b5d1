"""Money of which several documents stand: they are added up, and that is said.

say_documents(ctx, manifest)        # a note of the run, after the stage `plan`
"""

from __future__ import annotations

from tangga.engine import tables
from tangga.engine.context import Context
from tangga.engine.manifest import Manifest
from tangga.texts import LANGUAGES, say

LINES = ("plan", "budget_lines")


def several(lines: str, where: str = "TRUE") -> str:
    """SQL: one row is one area, scope, source of funds and measure of a year of which several lines
    stand, and are added up. lines: `budget_lines` as a relation."""
    return (
        "SELECT year, area, programme, focus, fund_source, measure, count(*)::BIGINT AS documents, "
        "string_agg(coalesce(document, '-'), ', ' ORDER BY document NULLS FIRST) AS named, "
        f"sum(amount)::BIGINT AS amount FROM {lines} "
        f"WHERE plan_line IS NULL AND replaced_by IS NULL AND {where} "
        "GROUP BY year, area, programme, focus, fund_source, measure HAVING count(*) > 1 "
        "ORDER BY year, area, focus NULLS FIRST, programme NULLS FIRST, fund_source, measure"
    )


def say_documents(ctx: Context, manifest: Manifest) -> None:
    """How many figures of budgets are sums of several documents, as a note of the run."""
    if not tables.exists(ctx.table(*LINES)):
        return
    with ctx.connect() as con:
        found = con.execute(
            f"SELECT count(*), sum(documents)::BIGINT FROM ({several(ctx.scan(*LINES))})"
        ).fetchall()
    ((keys, documents),) = found
    if keys:
        said = (
            say("budget.several_run", language, keys=keys, documents=documents)
            for language in LANGUAGES
        )
        manifest.notes.append(" / ".join(said))
