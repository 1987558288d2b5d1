"""Tables about ranks that are made when somebody asks for them, from those of a finished run."""

from __future__ import annotations

from typing import Protocol

from tangga.engine.rank.changes import NO_PROGRAMMES, by_area_sql, usual_sides_sql
from tangga.engine.rank.statements import statement


class Run(Protocol):
    """A finished run: `tangga.engine.catalogue.Run`."""

    def scan(self, stage: str, table: str) -> str: ...

    def has(self, stage: str, table: str) -> bool: ...

    def columns(self, stage: str, table: str) -> list[str]: ...


def changes_view(run: Run) -> str:
    """SELECT of `rank_changes` with the programmes that run for each family, as one text."""
    by_family = (
        "SELECT family_id, string_agg(programme, ', ' ORDER BY programme) AS programmes "
        f"FROM {programmes(run)} GROUP BY family_id"
    )
    return (
        f"SELECT c.*, p.programmes FROM {run.scan('rank', 'rank_changes')} AS c "
        f"LEFT JOIN ({by_family}) AS p ON c.family_id = p.family_id "
        "ORDER BY c.village NULLS LAST, c.family_id"
    )


def changes_by_area_view(run: Run) -> str:
    """SELECT of `rank_changes_by_area`: the usual pairs of releases, by village and programme."""
    releases = run.scan("rank", "releases")
    sides = f"({usual_sides_sql(run.scan('rank', 'rank_history'), releases)})"
    return by_area_sql(sides, families(run), releases, programmes(run))


def unranked_view(run: Run) -> str:
    """SELECT of the families without an official decile, and why."""
    return statement(
        "unranked",
        ranking=run.scan("rank", "ranking"),
        history=run.scan("rank", "rank_history"),
        families=families(run),
        persons=run.scan("resolve", "persons"),
    )


def families(run: Run) -> str:
    """The register's families, with a village whether or not any source says one."""
    there = run.columns("resolve", "families")
    village = "village" if "village" in there else "NULL::VARCHAR AS village"
    return f"(SELECT family_id, status, {village} FROM {run.scan('resolve', 'families')})"


def programmes(run: Run) -> str:
    """Which programmes run for which family, once each; nothing where the run decided nothing."""
    if not run.has("plan", "determined"):
        return NO_PROGRAMMES
    determined = run.scan("plan", "determined")
    return f"(SELECT DISTINCT family_id, programme FROM {determined} WHERE family_id IS NOT NULL)"
