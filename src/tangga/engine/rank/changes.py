"""Two releases side by side: whose official decile differs, by how much, and where.

A comparison is of pairs of releases, by number. The usual pairs are each release in force and the
one before it in the same source.
"""

from __future__ import annotations

from tangga.engine.rank.codes import (
    ABSENT,
    change_of,
    code_of_state,
    crossed_of,
    decile_of,
    state_of,
)
from tangga.engine.rank.statements import statement
from tangga.engine.received import received
from tangga.engine.runner import Steps

FAMILY = {"family_id": "VARCHAR", "village": "VARCHAR", "status": "VARCHAR"}
NO_PROGRAMMES = "(SELECT NULL::VARCHAR AS family_id, NULL::VARCHAR AS programme LIMIT 0)"


def write_changes(steps: Steps) -> None:
    """Write `rank_changes` of the usual pairs."""
    releases = steps.scan("releases")
    families = received(steps, "families", FAMILY)
    official, pairs = steps.scan("official"), usual_pairs(releases)
    sides = statement("usual_sides", official=official, pairs=pairs, absent=ABSENT)
    steps.whole("rank_changes", changes_sql(f"({sides})", families, releases))


def usual_pairs(releases: str) -> str:
    """Each release in force and the one before it in its source, as a relation `now, before`."""
    return f"({statement('release_pairs', releases=releases)})"


def sides_sql(history: str, pairs: str) -> str:
    """SELECT of the rank of each family in both releases of a pair, as codes."""
    code = code_of_state("h")
    return statement("sides", history=history, pairs=pairs, code=code, absent=ABSENT)


def changes_sql(sides: str, families: str, releases: str) -> str:
    """SELECT of the families whose decile differs. sides: relation as `sides_sql` gives it."""
    states = {"state": state_of("c.code"), "state_before": state_of("c.code_before")}
    return statement("rank_changes", **_compared(sides, families, releases), **states)


def by_area_sql(sides: str, families: str, releases: str, programmes: str) -> str:
    """SELECT of counts by village and programme. programmes: relation of (family_id, programme)."""
    compared = _compared(sides, families, releases)
    return statement("rank_changes_by_area", programmes=programmes, **compared)


def _compared(sides: str, families: str, releases: str) -> dict[str, str]:
    before, now = decile_of("c.code_before"), decile_of("c.code")
    return {
        "sides": sides,
        "families": families,
        "numbers": f"(SELECT DISTINCT number, release AS name FROM {releases})",
        "decile_before": before,
        "decile": now,
        "change": change_of(before, now),
        "crossed": crossed_of(before, now),
    }
