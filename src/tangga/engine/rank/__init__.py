"""How poor, and how sure are we? In its smallest form: the official rank, as released.

Only the office that ranks sets a decile. It is imported with its release and date; a family that
a release holds without one stays without (`not_ranked`), and one that no release holds has neither.
A family's rank is that of the latest release of the source that holds it: whoever is no longer on
that list has no rank now, and an older one is only remembered (`decile_before`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template

from tangga.engine.context import Context
from tangga.engine.received import received
from tangga.engine.runner import Steps

STAGE = "rank"
FOLDER = Path(__file__).parent.parent / "sql" / STAGE
COLUMNS = {
    "family_id": "VARCHAR",
    "source": "VARCHAR",
    "source_id": "VARCHAR",
    "as_of": "DATE",
    "decile": "BIGINT",
    "release": "VARCHAR",
    "released_on": "DATE",
    "latest": "BOOLEAN",
}


def run(ctx: Context) -> dict[str, int]:
    """Write `ranking` and `rank_review`; returns rows by table."""
    with Steps(ctx, STAGE) as steps:
        ranked = received(steps, "rankings", COLUMNS)
        rows = f"SELECT *, coalesce(released_on, as_of) AS on_date FROM {ranked}"
        steps.whole("official", _sql("official", rows=rows, on=ctx.workspace.as_of), scratch=True)
        official, families = steps.scan("official"), ctx.scan("resolve", "families")
        steps.whole("ranking", _sql("ranking", official=official, families=families))
        steps.whole("rank_review", _sql("rank_review", official=official))
        return steps.rows


@cache
def _template(name: str) -> Template:
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    return Template(text.strip().removesuffix(";"))


def _sql(name: str, **given: object) -> str:
    return _template(name).substitute(given)
