"""`tangga ranks`: two releases of official ranks compared, counted by area and by programme.

Without names, each family's release in force is compared with the one before it in its source. By
name, any two that the run has seen are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from tangga.engine import show
from tangga.engine.area_tree import asked_area
from tangga.engine.catalogue import Run
from tangga.engine.current import last_complete
from tangga.engine.rank.changes import by_area_sql, sides_sql, usual_sides_sql
from tangga.engine.rank.chosen import Asked, Release, choose, read_releases
from tangga.engine.rank.views import families, programmes, unranked_view
from tangga.engine.workspace import load_workspace
from tangga.errors import UserError
from tangga.registry.areas import Areas
from tangga.registry.model import Pack

LEVELS = ("province", "regency", "district", "village")
SIDES = "sides"
"""The temporary table with the rank of each family in both releases."""


@dataclass(frozen=True)
class Counts:
    """What became of the deciles of families. label: an area's or a programme's name.

    ranked: with a decile in both releases. rose_by, fell_by: tenths on average, None where nobody
    did.
    """

    code: str | None
    label: str
    families: int
    ranked: int
    unchanged: int
    rose: int
    fell: int
    rose_by: float | None
    fell_by: float | None
    crossed_out: int
    crossed_in: int
    lost: int
    gained: int


@dataclass(frozen=True)
class Comparison:
    """Two releases compared. pairs: (before, after) by name, as a rule one.

    families: active in the register; with_decile: those of them that have one now, unranked (why ->
    families) all others; ended: not active any more. total: all families, None where neither
    release has one. areas: one row an area of `level`; programmes: one a programme that runs.
    without_family: rows of releases in force that no family was found for, of the whole register;
    None where an area was asked for. doubtful: rows for a clerk. not_compared: source -> families
    whose rank is of a source without an earlier release. apart: the two are of different sources.
    """

    releases: tuple[Release, ...]
    pairs: tuple[tuple[str, str], ...]
    level: str
    families: int
    with_decile: int
    ended: int
    total: Counts | None
    areas: tuple[Counts, ...]
    programmes: tuple[Counts, ...]
    unranked: dict[str, int]
    without_family: int | None
    doubtful: int
    not_compared: dict[str, int]
    apart: bool


@dataclass(frozen=True)
class Compared:
    """A finished run, opened, with the table `sides` made. chosen: numbers, or None: the usual."""

    con: duckdb.DuckDBPyConnection
    run: Run
    pack: Pack
    areas: Areas
    area: str
    releases: tuple[Release, ...]
    chosen: tuple[int, int] | None


def open_comparison(directory: Path, asked: Asked) -> Compared:
    """Open the last complete run and put its releases side by side.

    UserError for a release that is not there or not yet seen, for an area without a family, and
    for a run of a version of the program that kept no history.
    """
    workspace = load_workspace(directory)
    folder = last_complete(directory)
    run, con = Run(folder), show.reader(folder)
    areas = workspace.pack_areas
    releases = read_releases(con, run)
    chosen = choose(releases, asked)
    history, table = run.scan("rank", "rank_history"), run.scan("rank", "releases")
    sql = sides_sql(history, *chosen) if chosen else usual_sides_sql(history, table)
    con.execute(f"CREATE TEMP TABLE {SIDES} AS {sql}")
    area = _area(con, run, asked_area(areas, asked.area))
    return Compared(con, run, workspace.pack, areas, area, releases, chosen)


def _area(con: duckdb.DuckDBPyConnection, run: Run, area: str) -> str:
    """The area asked for; UserError where no family lives there."""
    if area:
        sql = f"SELECT 1 FROM {families(run)} WHERE starts_with(village, ?) LIMIT 1"
        if not con.execute(sql, [area]).fetchall():
            raise UserError("no family of the register lives there", value=area)
    return area


def compare(of: Compared) -> Comparison:
    """Count what changed, by area and by programme."""
    level = _level(of)
    width = max((len(c) for c, a in of.areas.by_code.items() if a.level == level), default=0)
    by_area = _counts(of, f"left(village, {width})" if width else "village")
    whole = _counts(of, "NULL::VARCHAR")
    active, with_decile, ended = _registered(of)
    return Comparison(
        releases=of.releases,
        pairs=_pairs(of),
        level=level,
        families=active,
        with_decile=with_decile,
        ended=ended,
        total=next((c for programme, c in whole if programme is None), None),
        areas=tuple(c for programme, c in by_area if programme is None),
        programmes=tuple(_of_programme(of, p, c) for p, c in whole if p is not None),
        unranked=_unranked(of),
        without_family=None if of.area else _without_family(of),
        doubtful=_count(of, f"{of.run.scan('rank', 'rank_review')} AS t", "t.family_id"),
        not_compared=_not_compared(of) if of.chosen is None else {},
        apart=of.chosen is not None and _apart(of.releases, *of.chosen),
    )


def _level(of: Compared) -> str:
    """The level of areas inside the one asked for: regencies of a province, and so on."""
    own = next((a.level for a in of.areas.path(of.area)), None) if of.area else LEVELS[0]
    place = LEVELS.index(own) + 1 if own in LEVELS else len(LEVELS)
    return LEVELS[min(place, len(LEVELS) - 1)]


def _counts(of: Compared, village: str) -> list[tuple[str | None, Counts]]:
    """(programme, counts) by an area made from the village; programme None: all families."""
    within = f"WHERE starts_with(village, '{of.area}')" if of.area else ""
    placed = f"(SELECT family_id, status, {village} AS village FROM {families(of.run)} {within})"
    sql = by_area_sql(SIDES, placed, of.run.scan("rank", "releases"), programmes(of.run))
    sums = (
        "sum(families)::BIGINT, sum(ranked)::BIGINT, sum(unchanged)::BIGINT, sum(rose)::BIGINT, "
        "sum(fell)::BIGINT, sum(rose_by * rose) / nullif(sum(rose), 0), "
        "sum(fell_by * fell) / nullif(sum(fell), 0), sum(crossed_out)::BIGINT, "
        "sum(crossed_in)::BIGINT, sum(lost)::BIGINT, sum(gained)::BIGINT"
    )
    rows = of.con.execute(
        f"SELECT village, programme, {sums} FROM ({sql}) GROUP BY ALL ORDER BY 1 NULLS LAST, 2"
    ).fetchall()
    return [(row[1], Counts(row[0], _place(of, row[0]), *row[2:])) for row in rows]


def _place(of: Compared, code: str | None) -> str:
    return (of.areas.name(code) or "") if code else ""


def _of_programme(of: Compared, programme: str, counts: Counts) -> Counts:
    codes = of.pack.codes.get("programme")
    known = codes is not None and programme in codes
    label = codes.label(programme, of.pack.languages[0]) if codes is not None and known else ""
    return Counts(**{**vars(counts), "code": programme, "label": label})


def _pairs(of: Compared) -> tuple[tuple[str, str], ...]:
    names = f"(SELECT DISTINCT number, release FROM {of.run.scan('rank', 'releases')})"
    found = of.con.execute(
        f"SELECT DISTINCT b.release, n.release FROM {SIDES} AS s "
        f"JOIN {names} AS b ON s.before = b.number JOIN {names} AS n ON s.now = n.number "
        "ORDER BY ALL"
    ).fetchall()
    return tuple(found)


def _registered(of: Compared) -> tuple[int, int, int]:
    """Families of the area: active, those of them with a decile, and ended."""
    sql = (
        "SELECT count(*) FILTER (WHERE f.status = 'active'), count(r.decile_official), "
        f"count(*) FILTER (WHERE f.status <> 'active') FROM {families(of.run)} AS f "
        f"LEFT JOIN {of.run.scan('rank', 'ranking')} AS r ON f.family_id = r.family_id "
    )
    active, with_decile, ended = of.con.execute(sql + _here(of, "f.village")).fetchall()[0]
    return active, with_decile, ended


def _unranked(of: Compared) -> dict[str, int]:
    sql = f"SELECT why, count(*) FROM ({unranked_view(of.run)}) {_here(of, 'village')} GROUP BY why"
    return dict(of.con.execute(f"{sql} ORDER BY why").fetchall())


def _not_compared(of: Compared) -> dict[str, int]:
    """Source -> active families of the area with a rank in force and nothing before it there."""
    history = of.run.scan("rank", "rank_history")
    sql = (
        "SELECT h.source, count(*) FROM (SELECT family_id, arg_max(source, number) AS source "
        f"FROM {history} WHERE in_force GROUP BY family_id) AS h "
        f"ANTI JOIN {SIDES} AS s ON h.family_id = s.family_id "
        f"JOIN (SELECT * FROM {families(of.run)} WHERE status = 'active') AS f "
        f"ON h.family_id = f.family_id {_here(of, 'f.village')} GROUP BY h.source ORDER BY h.source"
    )
    return dict(of.con.execute(sql).fetchall())


def _apart(releases: tuple[Release, ...], before: int, now: int) -> bool:
    """Whether no source has both releases."""
    first, second = ({r.source for r in releases if r.number == n} for n in (before, now))
    return first.isdisjoint(second)


def _without_family(of: Compared) -> int:
    """Of the whole register: what has no family has no village."""
    table = of.run.scan("rank", "ranks_without_family")
    return int(of.con.execute(f"SELECT count(*) FROM {table} WHERE in_force").fetchall()[0][0])


def _count(of: Compared, rows: str, family_id: str) -> int:
    """Rows about families of the area."""
    sql = f"SELECT count(*) FROM {rows} JOIN {families(of.run)} AS f ON {family_id} = f.family_id"
    return int(of.con.execute(f"{sql} {_here(of, 'f.village')}").fetchall()[0][0])


def _here(of: Compared, village: str) -> str:
    return f"WHERE starts_with({village}, '{of.area}')" if of.area else ""


def places(of: Compared) -> pa.Table:
    """Every village with families of the area: `village` and the names on the way up."""
    sql = f"SELECT DISTINCT village FROM {families(of.run)} {_here(of, 'village')}"
    codes = sorted(row[0] for row in of.con.execute(sql).fetchall() if row[0])
    paths = [{area.level: area.name for area in of.areas.path(code)} for code in codes]
    columns = {level: [path.get(level) for path in paths] for level in LEVELS}
    return pa.table({"code": codes, **columns}, schema=_PLACES)


_PLACES = pa.schema([(name, pa.string()) for name in ("code", *LEVELS)])
