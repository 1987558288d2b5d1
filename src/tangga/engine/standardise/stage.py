"""The standardise stage: what every source says, in the registry's words."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
from sqlglot import exp

from tangga.engine import tables
from tangga.engine.connection import quoted
from tangga.engine.context import Context
from tangga.engine.descriptor import Descriptor
from tangga.engine.mapping import Mapping, in_name
from tangga.engine.standardise import ids, problems, repairs
from tangga.engine.standardise.agreement import agreements
from tangga.engine.standardise.columns import output_columns
from tangga.engine.standardise.expressions import render
from tangga.engine.standardise.fields import Surroundings, make_field
from tangga.engine.standardise.name_rules import NameRules, load_name_rules
from tangga.engine.standardise.names import write_names
from tangga.engine.standardise.numbers import number_specs
from tangga.engine.standardise.readings import ReadField, read_field
from tangga.engine.standardise.rounding import rounded_files
from tangga.engine.standardise.source import AS_OF, PERSON_KINDS, Source, all_rows
from tangga.engine.standardise.style import load_style
from tangga.engine.standardise.swap import check_systems
from tangga.errors import Conflict
from tangga.registry import Table

STAGE, INGEST = "standardise", "ingest"


@dataclass(frozen=True)
class Run:
    """What every step of this stage is given."""

    ctx: Context
    con: duckdb.DuckDBPyConnection
    around: Surroundings

    def raw(self, of: Descriptor) -> str:
        """The rows of a source as received, to SELECT from."""
        return self.ctx.scan(INGEST, raw_name(of))

    def write(self, sql: str, table: str, part: int = 0, *, threads: int | None = None) -> int:
        """Write one part of a table of this stage; returns its rows.

        threads: fewer than the run has, for a join: on several threads DuckDB keeps the order of
        rows through everything but a join, and two runs alike must give the same bytes.
        """
        self.con.execute(f"SET threads = {threads or self.ctx.threads}")
        rows = tables.write(self.con, sql, self.ctx.table(STAGE, table), part=part)
        self.con.execute(f"SET threads = {self.ctx.threads}")
        return rows


def raw_name(of: Descriptor) -> str:
    """The table in which ingest keeps the rows of a source."""
    return f"raw_{of.name}"


def run(ctx: Context) -> dict[str, int]:
    """Write `records`, `names`, one table per other kind present, `problems`, `quarantine`.

    Returns rows by table. Raises UserError where a source's area codes are of another system
    than it says, Conflict where two rows would have one id.
    """
    shutil.rmtree(ctx.run_dir / STAGE, ignore_errors=True)
    here = [s for s in ctx.workspace.sources if tables.exists(ctx.table(INGEST, raw_name(s)))]
    rows: dict[str, int] = {}
    with ctx.connect() as con:
        stage = Run(ctx, con, _surroundings(ctx))
        # The rows stream past the small tables that are joined to them, never the other way.
        con.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        problems.prepare(con)
        repairs.prepare(con)
        for table, sources in _groups(here).items():
            rows[table] = _write_group(stage, table, sources)
        _check_ids(stage, list(rows))
        ctx.progress(f"{STAGE}: ids", 1, 1)
        rules = load_name_rules(ctx.workspace.pack.dir)
        rows["names"] = _write_names(stage, list(rows), rules)
        ctx.progress(f"{STAGE}: names", 1, 1)
        rows["problems"] = stage.write(problems.PROBLEMS_SQL, "problems")
        rows["quarantine"] = stage.write(_quarantine_sql(ctx), "quarantine")
    return rows


def _surroundings(ctx: Context) -> Surroundings:
    workspace = ctx.workspace
    pack = workspace.pack
    return Surroundings(
        style=load_style(pack.dir),
        areas=workspace.pack_areas,
        numbers=number_specs(pack),
        as_of=workspace.as_of,
        today=workspace.as_of,
    )


def _groups(sources: Sequence[Descriptor]) -> dict[str, list[Descriptor]]:
    """Output table -> its sources in order of name; `records` is always there."""
    found: dict[str, list[Descriptor]] = {"records": []}
    for source in sorted(sources, key=lambda s: s.name):
        table = "records" if source.kind in PERSON_KINDS else source.kind
        found.setdefault(table, []).append(source)
    return found


def _write_group(stage: Run, name: str, sources: list[Descriptor]) -> int:
    kind = sources[0].kind if sources else PERSON_KINDS[0]
    table = stage.ctx.workspace.pack.table_of(kind)
    columns = output_columns(table, sources)
    if not sources:
        return stage.write(_empty(columns), name)
    rows = 0
    for part, descriptor in enumerate(sources):
        stage.ctx.progress(f"{STAGE}: {descriptor.name}", 0, 1)
        rows += _write_source(stage, name, part, descriptor, table, columns)
        stage.ctx.progress(f"{STAGE}: {descriptor.name}", 1, 1)
    return rows


def _empty(columns: dict[str, str]) -> str:
    nothing = (f'CAST(NULL AS {type}) AS "{name}"' for name, type in columns.items())
    return f"SELECT {', '.join(nothing)} WHERE FALSE"


def _write_source(
    stage: Run, name: str, part: int, of: Descriptor, table: Table, columns: dict[str, str]
) -> int:
    source = read_source(stage, of, table)
    sql = render(source.select(columns), pretty=True)
    stage.ctx.save_sql(STAGE, f"{name}_{of.name}", sql)
    rows = stage.write(sql, name, part, threads=1 if source.joins else None)
    problems.collect(stage.con, problems.of_readings(source) + problems.of_ids(source))
    written = f"read_parquet('{quoted(tables.part_file(stage.ctx.table(STAGE, name), part))}')"
    known = agreements(stage.around, source.carried()) if name == "records" else []
    problems.collect(stage.con, problems.of_values(source, written, known))
    _forget(stage.con, source)
    return rows


def read_source(stage: Run, of: Descriptor, table: Table) -> Source:
    """Everything about a source that must be known before its rows can be written."""
    con, raw = stage.con, stage.raw(of)
    names = _cells(con, raw)
    cells = repairs.own_columns(names)
    of = repairs.said_by_origin(of, origin := repairs.origin(names))
    around = replace(
        stage.around,
        as_of=of.as_of or stage.around.as_of,
        rounded=rounded_files(con, raw, of, table, stage.around.numbers),
    )
    made = {name: make_field(table.columns[name], m, around) for name, m in of.columns.items()}
    rows = all_rows(raw)
    check_systems(con, rows, of, table, around)
    read = {
        name: read_field(con, field, f"read_{position}", rows)
        for position, (name, field) in enumerate(made.items())
    }
    source = Source(of, table, raw, cells, read, _as_of(con, of, around, rows, origin))
    source = replace(source, nobody=problems.put_aside(con, source))
    source = repairs.settle(con, source, names, _broken(stage.ctx))
    source = replace(source, empty_ids=ids.has_empty(con, source.rows(), of.id))
    return replace(source, repeats=ids.find_repeats(con, source, stated=bool(of.id)))


def _cells(con: duckdb.DuckDBPyConnection, raw: str) -> tuple[str, ...]:
    """The source's own columns, in file order."""
    described = con.execute(f"DESCRIBE SELECT * FROM {raw}").fetchall()
    return tuple(row[0] for row in described if row[0] not in ("_file", "_line"))


def _as_of(
    con: duckdb.DuckDBPyConnection,
    of: Descriptor,
    around: Surroundings,
    rows: exp.Select,
    origin: str | None,
) -> ReadField | None:
    if of.as_of_file is not None:
        mapping = Mapping(format=of.as_of_file, in_file=in_name(of.as_of_file), origin=origin)
    elif of.as_of_column is not None:
        mapping = Mapping(columns=(of.as_of_column,))
    else:
        return None
    field = make_field(AS_OF, mapping, around)
    return read_field(con, field, "read_as_of", rows)


def _forget(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    for read in (*source.read.values(), source.as_of):
        if read is not None and read.table is not None:
            con.execute(f'DROP TABLE "{read.table}"')


def _check_ids(stage: Run, written: list[str]) -> None:
    """Two rows of one table never share an id."""
    for table in written:
        scan = stage.ctx.scan(STAGE, table)
        twice = stage.con.execute(f"SELECT count(*) - count(DISTINCT rid) FROM {scan}").fetchall()[
            0
        ][0]
        if twice:
            raise Conflict(f"{table}: {twice} rows have the id of another row")


def _write_names(stage: Run, written: list[str], rules: NameRules) -> int:
    ctx = stage.ctx
    scans = [ctx.scan(STAGE, table) for table in written]
    named = [scan for scan in scans if _has_name(stage.con, scan)]
    return write_names(stage.con, named, rules, ctx.table(STAGE, "names"))


def _has_name(con: duckdb.DuckDBPyConnection, scan: str) -> bool:
    return any(row[0] == "name" for row in con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall())


def _broken(ctx: Context) -> str | None:
    """The rows that ingest could not read; None where it kept no table of them."""
    return (
        ctx.scan(INGEST, "quarantine") if tables.exists(ctx.table(INGEST, "quarantine")) else None
    )


def _quarantine_sql(ctx: Context) -> str:
    columns = ", ".join(f'"{name}"' for name in problems.QUARANTINE)
    parts = [f"SELECT {columns} FROM aside"]
    if broken := _broken(ctx):
        parts.append(f"SELECT {columns} FROM {broken}")
    gave_way = (
        f"SELECT source, file, line, min(instead) AS instead FROM {repairs.REPLACED} GROUP BY ALL"
    )
    return f"""
SELECT q.*, r.instead AS replaced_by FROM ({" UNION ALL ".join(parts)}) AS q
LEFT JOIN ({gave_way}) AS r USING (source, file, line) ORDER BY {columns}"""
