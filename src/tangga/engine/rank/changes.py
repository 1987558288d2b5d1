"""Two releases side by side: whose official decile differs, by how much, and where.

As a rule a family's release in force is compared with the one before it in the same source; whoever
is in none in force, by the newest that they left. The command compares any two.
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
    """Write `rank_changes`: the release in force and the one before it."""
    releases, official = steps.scan("releases"), steps.scan("official")
    families = received(steps, "families", FAMILY)
    sides = f"({_usual_sides(official, releases)})"
    steps.whole("rank_changes", changes_sql(sides, families, releases))


def usual_sides_sql(history: str, releases: str) -> str:
    """SELECT of the rank of each family in its release in force and in the one before, as codes."""
    ranks = f"(SELECT *, in_force AS current FROM {history})"
    code = code_of_state("h")
    official = statement("official", family_ranks=ranks, code=code, part="TRUE")
    return _usual_sides(f"({official})", releases)


def _usual_sides(official: str, releases: str) -> str:
    pairs = f"({statement('release_pairs', releases=releases)})"
    return statement("usual_sides", official=official, pairs=pairs, absent=ABSENT)


def sides_sql(history: str, before: int, now: int) -> str:
    """SELECT of the same in any two releases, by their numbers."""
    code = code_of_state("h")
    return statement("sides", history=history, before=before, now=now, code=code, absent=ABSENT)


def changes_sql(sides: str, families: str, releases: str) -> str:
    """SELECT of the families whose decile differs. sides: relation of codes."""
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
