"""The unusual texts of a field, each read once, as a small table to join with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import duckdb
import pyarrow as pa
from sqlglot import exp

from tangga.engine.standardise.expressions import ROW, cell, column, render, sql, text
from tangga.engine.standardise.fields import Field, bare_number, number_condition
from tangga.engine.standardise.reading import Reading, Value
from tangga.registry.model import UNREADABLE

BATCH = 50_000
# Up to this many texts stand in the SQL itself, which is quicker than a join.
INLINE = 40
COLUMNS = pa.schema(
    [
        ("received", pa.string()),
        ("value", pa.string()),
        ("problem", pa.string()),
        ("year", pa.int32()),
        ("month", pa.int32()),
    ]
)


def under(name: str) -> str:
    """The column of the inner SELECT that holds what a field's common form gives."""
    return f"={name}"


@dataclass(frozen=True)
class ReadField:
    """A field with its unusual texts read.

    table: the temporary table of readings, None where every text was of a common form.
    few: the readings themselves where they are few. flawed: some reading has a problem.
    """

    field: Field
    table: str | None = None
    few: tuple[tuple[str, Reading], ...] | None = None
    flawed: bool = False

    @property
    def joins(self) -> bool:
        """Whether the value needs the table beside the row."""
        return self.table is not None and self.few is None

    def on(self) -> exp.Expression:
        """The condition that joins the table of readings to the row."""
        assert self.table is not None
        return sql(":t = :r", t=self.field.received, r=column("received", self.table))

    def value_at_once(self) -> exp.Expression:
        """The value over the raw row alone, for a query without an inner SELECT."""
        form = self.field.form
        accepted = None if form is None else self.field.accepted(form)
        return self._first(accepted, self._read("value", self.field.type))

    def form(self) -> exp.Expression | None:
        """What the common form gives, where it was worked out below (see `Source.select`)."""
        if self.field.form is None:
            return None
        if self.field.read is None:
            return self.field.form.copy()
        return self.field.accepted(cell(under(self.field.name)))

    def value(self) -> exp.Expression:
        """The value as its SQL type."""
        return self._first(self.form(), self._read("value", self.field.type))

    def part(self, name: str) -> exp.Expression:
        """`year` or `month` of a date that may be known in part."""
        form = self.form()
        whole = sql(f"CAST({name}(:d) AS INTEGER)", d=form) if form is not None else None
        return self._first(whole, self._read(name, "INTEGER"))

    def unread(self, *, otherwise: exp.Expression | None = None) -> exp.Expression:
        """`unreadable` where a text was there and has no value; elsewhere what is given."""
        otherwise = otherwise if otherwise is not None else exp.cast(exp.null(), "VARCHAR")
        if self.table is None:
            return otherwise
        return sql(
            "CASE WHEN :p IS NOT NULL AND :v IS NULL THEN :u ELSE :o END",
            p=self._read("problem", "VARCHAR"),
            v=self.value(),
            u=text(UNREADABLE),
            o=otherwise,
        )

    def _first(self, direct: exp.Expression | None, read: exp.Expression) -> exp.Expression:
        if direct is None:
            return read
        if self.table is None:
            return direct
        return exp.Coalesce(this=direct.copy(), expressions=[read])

    def _read(self, name: str, type: str) -> exp.Expression:
        if self.joins:
            return column(name, self.table)
        branches = [
            exp.If(this=text(received), true=_literal(getattr(reading, name), type))
            for received, reading in self.few or ()
            if getattr(reading, name) is not None
        ]
        if not branches:
            return exp.cast(exp.null(), type)
        return exp.Case(this=self.field.received.copy(), ifs=branches)


def _literal(value: Value, type: str) -> exp.Expression:
    literal = text(_stored(value) or "")
    return literal if type == "VARCHAR" else exp.cast(literal, type)


def _stored(value: Value) -> str | None:
    """A value as DuckDB casts it from text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)


def read_field(
    con: duckdb.DuckDBPyConnection, field: Field, name: str, rows: exp.Select
) -> ReadField:
    """Read every unusual text of a field among `rows`, a SELECT without columns."""
    if field.read is None:
        return ReadField(field)
    con.execute(f"CREATE OR REPLACE TEMP TABLE unusual AS {_unusual(field, rows)}")
    con.execute(_create(name, field.type))
    few: list[tuple[str, Reading]] = []
    count = _repaired(con, field, name)
    flawed = count > 0
    for batch in _batches(con):
        read = [(received, field.read(received)) for received in batch]
        _insert(con, name, read)
        count += len(read)
        few = few + read if count <= INLINE else []
        flawed = flawed or any(r.problem for _, r in read)
    if not count:
        con.execute(f"DROP TABLE {name}")
        return ReadField(field)
    inline = count <= INLINE and field.plain
    ordered = tuple(sorted(few, key=lambda one: one[0])) if inline else None
    return ReadField(field, name, ordered, flawed)


def _repaired(con: duckdb.DuckDBPyConnection, field: Field, name: str) -> int:
    """Move numbers that only lack their signs to the table of readings; returns how many.

    Whole columns come with an apostrophe before each number; these never reach Python.
    """
    if field.number is None:
        return 0
    spec, received, bare = field.number, cell("received"), column("bare")
    good = exp.and_(number_condition(spec, bare), exp.not_(number_condition(spec, received)))
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE unusual AS
        SELECT received, CASE WHEN {render(good)} THEN bare END AS repaired
        FROM (SELECT received, {render(bare_number(spec, received))} AS bare
              FROM unusual AS {ROW}) AS {ROW}""")
    found = con.execute(f"""
        INSERT INTO {name} SELECT received, repaired, 'repaired', NULL, NULL
        FROM unusual WHERE repaired IS NOT NULL""").fetchall()[0][0]
    con.execute("DELETE FROM unusual WHERE repaired IS NOT NULL")
    return int(found)


def _unusual(field: Field, rows: exp.Select) -> str:
    """The distinct unusual texts; where few texts differ, they are told apart first."""
    if field.many:
        found = rows.copy().select(exp.alias_(field.received.copy(), "received")).distinct()
        return render(found.where(field.unusual(field.received)))
    every = rows.copy().select(exp.alias_(field.received.copy(), "received")).distinct()
    form = None if field.form is None else _over_received(field, field.form)
    again = replace(field, received=cell("received"), form=form)
    found = exp.select(cell("received")).from_(every.subquery(ROW))
    return render(found.where(again.unusual(again.received)))


def _over_received(field: Field, expression: exp.Expression) -> exp.Expression:
    """An expression over the received text as one over the column `received`."""
    old, new = render(field.received), cell("received")
    return expression.transform(lambda node: new.copy() if render(node) == old else node)


def _batches(con: duckdb.DuckDBPyConnection) -> Iterator[list[str]]:
    """The unusual texts that are left for Python."""
    found = con.sql("SELECT received FROM unusual").to_arrow_table()
    for batch in found.to_batches(max_chunksize=BATCH):
        if batch.num_rows:
            yield batch.column(0).to_pylist()


def _create(table: str, type: str) -> str:
    return (
        f"CREATE OR REPLACE TEMP TABLE {table} "
        f"(received VARCHAR, value {type}, problem VARCHAR, year INTEGER, month INTEGER)"
    )


def _insert(con: duckdb.DuckDBPyConnection, table: str, read: list[tuple[str, Reading]]) -> None:
    rows = [(t, _stored(r.value), r.problem, r.year, r.month) for t, r in read]
    columns = [
        pa.array(values, kind)
        for values, kind in zip(zip(*rows, strict=True), COLUMNS.types, strict=True)
    ]
    con.register("readings_in", pa.table(columns, schema=COLUMNS))
    con.execute(f"INSERT INTO {table} SELECT * FROM readings_in")
    con.unregister("readings_in")
