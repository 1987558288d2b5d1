"""What a release would gain or lose if its large tables were partitioned by province.

    python -m bench.web_partitions --release var/bench/web/release-3000000 --dir var/bench/web

The database holds the release in force, loaded whole (bench.web_load). Each large table is filled
again twice inside the server, as one table and as one partition a province, with the same indexes;
questions are planned and run on both, under the policies of a request, and with empty partitions
for the other provinces of the pack beside. With `--keep` the partitioned tables then stand in the
place of the whole ones, so that bench.web asks them. Paging by a row's place (ctid) is not right in
such a database: it is one for stopwatches.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
import psycopg
from psycopg import sql

from bench import commands
from bench.memory import postmaster
from bench.web import prepare
from bench.web_load import cpu
from tangga.registry.areas import load_areas
from tangga.registry.load import load_pack
from tangga.web.database.scope import FIRST, LAST
from tangga.web.register.loading import schema
from tangga.web.register.loading.filling import BULK

TABLES = (
    "decisions",
    "persons",
    "person_index",
    "family_index",
    "memberships",
    "waiting",
    "families",
)
"""The large tables that pages, lists, exports and the search ask."""

BESIDE = "parted"
AT_ONCE = 2
TIMES = 15
Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Bench:
    """Where: URL of the owner, process of the server, schema of the release, its provinces."""

    url: str
    server: int
    schema: str
    provinces: tuple[str, ...]

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection as a load has them."""
        with psycopg.connect(self.url, autocommit=True) as con:
            con.execute(BULK.encode())
            yield con

    def timed(self, work: Callable[[], None]) -> dict[str, float]:
        """Seconds, and CPU-seconds of the server."""
        root = psutil.Process(self.server)
        wall, there = time.monotonic(), cpu(root)
        work()
        return {
            "seconds": round(time.monotonic() - wall, 1),
            "cpu": round(cpu(root) - there, 1),
        }


def name(*parts: str) -> sql.Composable:
    """schema.table, quoted."""
    return sql.Identifier(*parts)


def run(con: Connection, text: str, **parts: Any) -> None:
    """A statement; parts: names and composed pieces."""
    con.execute(sql.SQL(text).format(**parts))  # type: ignore[arg-type]


def indexes(con: Connection, of: str, table: str) -> list[str]:
    """What stands behind USING in each index, and whether it is unique."""
    found = con.execute(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = %s AND tablename = %s", [of, table]
    )
    return [row[0] for row in found.fetchall()]


def _index(con: Connection, definition: str, on: sql.Composable) -> None:
    head = (
        "CREATE UNIQUE INDEX ON" if "UNIQUE" in definition.split(" ON ")[0] else "CREATE INDEX ON"
    )
    con.execute(
        sql.SQL(head + " {} USING ").format(on) + sql.SQL(definition.split(" USING ", 1)[1])
    )


def whole(bench: Bench, table: str) -> None:
    """The table once more, as one."""
    with bench.connected() as con, con.transaction():
        asked = indexes(con, bench.schema, table)
        at, of = name(BESIDE, f"{table}_whole"), name(bench.schema, table)
        run(con, "CREATE TABLE {at} (LIKE {of})", at=at, of=of)
        run(con, "INSERT INTO {at} SELECT * FROM {of}", at=at, of=of)
        for one in asked:
            _index(con, one, at)
        run(con, "ANALYZE {at}", at=at)


def parted(bench: Bench, table: str) -> None:
    """The table once more, a partition a province, two filled at a time; nobody lives elsewhere."""
    with bench.connected() as con:
        at, of = name(BESIDE, table), name(bench.schema, table)
        run(con, "CREATE TABLE {at} (LIKE {of}) PARTITION BY RANGE (area)", at=at, of=of)
        asked = indexes(con, bench.schema, table)

    def fill(province: str) -> None:
        with bench.connected() as con, con.transaction():
            part = name(BESIDE, f"{table}_{province}")
            run(con, "CREATE TABLE {part} (LIKE {of})", part=part, of=of)
            run(
                con,
                "INSERT INTO {part} SELECT * FROM {of} WHERE area >= {low} AND area < {high}",
                part=part, of=of, low=sql.Literal(province), high=sql.Literal(province + LAST),
            )  # fmt: skip
            for one in asked:
                _index(con, one, part)
            run(con, "ANALYZE {part}", part=part)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(fill, bench.provinces))
    with bench.connected() as con:
        for province in bench.provinces:
            _attach(con, table, province)
        run(con, "ANALYZE {at}", at=at)


def _attach(con: Connection, table: str, province: str) -> None:
    run(
        con,
        "ALTER TABLE {at} ATTACH PARTITION {part} FOR VALUES FROM ({low}) TO ({high})",
        at=name(BESIDE, table), part=name(BESIDE, f"{table}_{province}"),
        low=sql.Literal(province), high=sql.Literal(province + LAST),
    )  # fmt: skip


def others(con: Connection, of: str, table: str, provinces: Iterable[str]) -> None:
    """Empty partitions for further provinces, with the same indexes: what a nation would have."""
    asked = indexes(con, of, table)
    for province in provinces:
        part = name(BESIDE, f"{table}_{province}")
        run(con, "CREATE TABLE {part} (LIKE {of})", part=part, of=name(of, table))
        for one in asked:
            _index(con, one, part)
        _attach(con, table, province)


QUESTIONS = {
    "decisions of a family": "SELECT * FROM decisions WHERE family_id = {family}",
    "people of a family": "SELECT * FROM persons WHERE family_id = {family}",
    "a number": "SELECT family_id, person_id, area FROM persons WHERE nik_index = {number}",
    "first page of families": "SELECT * FROM family_index WHERE area >= {low} AND area < {high} "
    "ORDER BY area, family_id LIMIT 51",
    "families counted by district": "SELECT left(area, 6), count(*) FROM family_index "
    "WHERE area >= {low} AND area < {high} GROUP BY 1",
    "people counted by sex": "SELECT sex, count(*) FROM persons "
    "WHERE area >= {low} AND area < {high} AND status = 'active' GROUP BY 1",
    "an export's rows": "SELECT f.*, p.name FROM family_index AS f LEFT JOIN persons AS p "
    "ON p.person_id = f.head_person_id WHERE f.area >= {low} AND f.area < {high} "
    "ORDER BY f.area, f.family_id",
    "decisions counted for dashboards": "SELECT area, programme, determination, count(*) "
    "FROM decisions GROUP BY 1, 2, 3",
}
"""What pages, lists, exports and the counting of dashboards ask of the large tables."""


def asked(con: Connection, path: str, area: str, given: dict[str, Any]) -> dict[str, Any]:
    """Each question planned and run as a request of that area: milliseconds, medians."""
    low = area or FIRST
    bounds = {"low": low, "high": f"{area}{LAST}"}
    found = {}
    for what, text in QUESTIONS.items():
        own = {key: sql.Literal(value) for key, value in (given | bounds).items()}
        slow = what.startswith(("decisions counted", "an export")) or not area
        plans = [_explained(con, path, bounds, text, own) for _ in range(3 if slow else TIMES)]
        found[what] = {
            "plan": round(statistics.median(one[0] for one in plans), 2),
            "run": round(statistics.median(one[1] for one in plans), 2),
        }
    return found


def _explained(
    con: Connection, path: str, bounds: dict[str, str], text: str, own: dict[str, Any]
) -> tuple[float, float]:
    with con.transaction(), con.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', %s, true)", [path])
        cursor.execute("SELECT set_config('app.area_from', %(low)s, true)", bounds)
        cursor.execute("SELECT set_config('app.area_to', %(high)s, true)", bounds)
        cursor.execute("SET LOCAL ROLE tangga_app")
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 2")
        explain = sql.SQL("EXPLAIN (ANALYZE, TIMING OFF, FORMAT json) ")
        cursor.execute(explain + sql.SQL(text).format(**own))  # type: ignore[arg-type]
        said = cursor.fetchone()[0][0]  # type: ignore[index]
    return said["Planning Time"], said["Execution Time"]


def measure(bench: Bench, keep: bool) -> dict[str, Any]:
    """Fill, ask, and put the partitioned tables in place where they are kept."""
    found: dict[str, Any] = {"provinces": bench.provinces, "load": os.getloadavg()[0], "tables": {}}
    with bench.connected() as con:
        run(con, "DROP SCHEMA IF EXISTS {at} CASCADE", at=name(BESIDE))
        run(con, "CREATE SCHEMA {at}", at=name(BESIDE))
        con.execute(f"GRANT USAGE ON SCHEMA {BESIDE} TO tangga_app")
        con.execute(f"SET search_path = {bench.schema}, public")
        given, area = _one_family(con)
        before = {
            a or "nation": asked(con, f"{bench.schema}, public", a, given) for a in (area, "")
        }
        for table in TABLES:
            found["tables"][table] = _both(bench, con, table)
            print(table, found["tables"][table], flush=True)
        path = f"{BESIDE}, {bench.schema}, public"
        after = {a or "nation": asked(con, path, a, given) for a in (area, "")}
        found["asked"] = {"whole": before, "parted": after}
        known = load_areas(load_pack("indonesia").dir)
        rest = [code for code in known.under("", "province") if code not in bench.provinces]
        for table in ("decisions", "persons", "family_index"):
            others(con, bench.schema, table, rest)
        many = {a or "nation": asked(con, path, a, given) for a in (area, "")}
        found["asked"]["parted for every province"] = many
        if keep:
            _in_place(con, bench.schema)
        else:
            run(con, "DROP SCHEMA {at} CASCADE", at=name(BESIDE))
    return found


def _both(bench: Bench, con: Connection, table: str) -> dict[str, Any]:
    one = bench.timed(lambda: whole(bench, table))
    run(con, "DROP TABLE {at}", at=name(BESIDE, f"{table}_whole"))
    many = bench.timed(lambda: parted(bench, table))
    with con.transaction():
        schema.protect(con, BESIDE, table, schema.by_area())
    rows = con.execute(
        "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass",
        [f"{bench.schema}.{table}"],
    ).fetchone()
    return {"rows": rows[0] if rows else 0, "whole": one, "parted": many}


def _one_family(con: Connection) -> tuple[dict[str, Any], str]:
    """A family of the regency with most families, a number of it, and the regency."""
    area = con.execute(
        "SELECT left(area, 4) FROM family_index GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
    ).fetchone()[0]  # type: ignore[index]
    row = con.execute(
        "SELECT family_id, nik_index FROM persons WHERE area >= %s AND area < %s "
        "AND nik_index IS NOT NULL AND family_id IS NOT NULL LIMIT 1",
        [area, area + LAST],
    ).fetchone()
    assert row is not None
    return {"family": row[0], "number": row[1]}, area


def _in_place(con: Connection, of: str) -> None:
    for table in TABLES:
        with con.transaction():
            run(con, "DROP TABLE {whole}", whole=name(of, table))
            run(con, "ALTER TABLE {at} SET SCHEMA {of}", at=name(BESIDE, table), of=name(of))


def tables_of(found: dict[str, Any]) -> str:
    """The figures as Markdown."""
    lines = [
        f"Provinces with rows: {len(found['provinces'])}; load average {found['load']:.1f}.",
        "",
    ]
    lines += ["| filled | rows | whole: s | CPU-s | parted, two at a time: s | CPU-s |"]
    lines += ["| --- | --- | --- | --- | --- | --- |"]
    for table, one in found["tables"].items():
        cells = [one[way][key] for way in ("whole", "parted") for key in ("seconds", "cpu")]
        lines.append(f"| {table} | {one['rows']:,} | {' | '.join(map(str, cells))} |")
    ways = list(found["asked"])
    lines += ["", "Milliseconds to plan + to run, medians:", ""]
    lines += [f"| asked | by | {' | '.join(ways)} |", "| --- " * (len(ways) + 2) + "|"]
    for area in found["asked"]["whole"]:
        for what in QUESTIONS:
            cells = [found["asked"][way][area][what] for way in ways]
            shown = " | ".join(f"{one['plan']} + {one['run']}" for one in cells)
            lines.append(f"| {what} | {area} | {shown} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read the arguments, measure, print."""
    parser = commands.of_release(__doc__, "var/bench/web")
    parser.add_argument("--keep", action="store_true", help="leave the partitioned tables in place")
    given = parser.parse_args()
    url = prepare(given.dir, given.release)
    with psycopg.connect(url) as con:
        of = con.execute("SELECT 'r_' || number FROM register_current").fetchone()[0]
        query = sql.SQL("SELECT DISTINCT left(area, 2) FROM {} WHERE length(area) = 10 ORDER BY 1")
        rows = con.execute(query.format(sql.Identifier(of, "family_index"))).fetchall()
    bench = Bench(url, postmaster(given.dir / "postgres"), of, tuple(row[0] for row in rows))
    found = measure(bench, given.keep)
    commands.keep(given.out, found, tables_of(found))


if __name__ == "__main__":
    main()
