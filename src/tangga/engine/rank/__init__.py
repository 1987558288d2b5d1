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
        given = {"rows": received(steps, "rankings", COLUMNS), "on": ctx.workspace.as_of}
        for name in ("releases", "official", "families"):
            steps.whole(name, _sql(name, **given), scratch=True)
            given[name] = steps.scan(name)
        given |= {"ranked": given["families"], "families": ctx.scan("resolve", "families")}
        for name in ("ranking", "rank_review"):
            steps.whole(name, _sql(name, **given))
        return {name: steps.rows[name] for name in ("ranking", "rank_review")}


@cache
def _template(name: str) -> Template:
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    return Template(text.strip().removesuffix(";"))


def _sql(name: str, **given: object) -> str:
    return _template(name).substitute(given)
