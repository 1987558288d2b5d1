"""Problems beside kept rows, and rows that can be nobody."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
from sqlglot import exp

from tangga.engine.standardise import ids
from tangga.engine.standardise.checks import Check, check_expressions
from tangga.engine.standardise.expressions import cell, column, render, sql, text
from tangga.engine.standardise.readings import ReadField
from tangga.engine.standardise.source import Source, nobody_rows

PROBLEM = ("source", "source_id", "field", "problem", "value")
QUARANTINE = ("source", "file", "line", "field", "problem", "value", "row")
PROBLEMS_SQL = "SELECT * FROM problems ORDER BY source, source_id, field, problem, value"
# What the readers settle before a value is stored needs no second look.
SETTLED = {"unknown_code", "broken_area"}


def of_readings(source: Source) -> list[str]:
    """One SELECT for each field of which some text was read with a problem."""
    read = [*source.read.values(), *([source.as_of] if source.as_of else [])]
    return [_of_reading(source, one) for one in read if one.flawed]


def _of_reading(source: Source, read: ReadField) -> str:
    table = read.table or ""
    on = exp.and_(read.on(), sql(":p IS NOT NULL", p=column("problem", table)))
    rows = source.rows().join(exp.to_table(table, quoted=True), on=on)
    if read.field.form is not None and read.field.by_file:
        # A text that is sound in one file and not in another: only the unsound rows.
        rows = rows.where(sql(":d IS NULL", d=read.field.accepted(read.field.form)))
    return render(
        rows.select(
            exp.alias_(text(source.name), "source"),
            exp.alias_(source.source_id(), "source_id"),
            exp.alias_(text(read.field.name), "field"),
            exp.alias_(column("problem", table), "problem"),
            exp.alias_(read.field.received.copy(), "value"),
        )
    )


def of_ids(source: Source) -> list[str]:
    """Rows whose id repeats, and rows whose id is empty."""
    found = []
    if source.repeats:
        found.append(
            f"SELECT {render(text(source.name))} AS source, source_id, 'source_id' AS field, "
            f"'repeated_id' AS problem, natural_id AS value FROM {ids.REPEATS} WHERE repeated"
        )
    stated = ids.stated_id(source.descriptor.id)
    if stated is not None and source.empty_ids:
        rows = source.rows().where(sql(":s IS NULL", s=stated))
        found.append(
            render(
                rows.select(
                    exp.alias_(text(source.name), "source"),
                    exp.alias_(source.source_id(), "source_id"),
                    exp.alias_(text("source_id"), "field"),
                    exp.alias_(text("empty_id"), "problem"),
                    exp.alias_(exp.cast(exp.null(), "VARCHAR"), "value"),
                )
            )
        )
    return found


def of_values(source: Source, table: str, agreements: list[Check]) -> list[str]:
    """Values that break the registry's checks, or disagree with each other, among typed rows."""
    numbers = {name for name, read in source.read.items() if read.field.number}
    checks = [
        check
        for check in check_expressions(source.table, source.carried(), as_of=column("as_of"))
        if check.problem not in SETTLED
        and not (check.problem == "broken_number" and check.field in numbers)
    ]
    checks += agreements
    if not checks:
        return []
    anything = exp.or_(*(check.condition.copy() for check in checks))
    found = exp.Array(expressions=[_struct(check) for check in checks])
    rows = exp.select("source", "source_id", exp.alias_(found, "found"))
    rows = rows.from_(sql(f"SELECT * FROM {table}").args["from_"].this)
    rows = rows.where(sql("source = :s", s=text(source.name)), anything)
    query = f"""
        SELECT source, source_id, p.field AS field, p.problem AS problem, p.value AS value
        FROM (SELECT source, source_id, unnest(found) AS p FROM ({render(rows)}))
        WHERE p.problem IS NOT NULL"""
    return [query]


def _struct(check: Check) -> exp.Expression:
    return sql(
        "{'field': :f, 'problem': CASE WHEN :c THEN :p END, 'value': CAST(:v AS VARCHAR)}",
        f=text(check.field),
        c=check.condition,
        p=text(check.problem),
        v=column(check.field),
    )


def _nobody_sql(source: Source) -> str:
    """The rows that can be nobody, for the quarantine, with their text put together again."""
    rows = nobody_rows(source.raw, source.identifying())
    return render(
        rows.select(
            exp.alias_(text(source.name), "source"),
            exp.alias_(cell("_file"), "file"),
            exp.alias_(cell("_line"), "line"),
            exp.alias_(text("name"), "field"),
            exp.alias_(text("nobody"), "problem"),
            exp.alias_(exp.cast(exp.null(), "VARCHAR"), "value"),
            exp.alias_(source.row_text(), "row"),
        )
    )


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary tables in which problems and quarantined rows are gathered."""
    for table, columns in (("problems", PROBLEM), ("aside", QUARANTINE)):
        typed = (f"{c} {'BIGINT' if c == 'line' else 'VARCHAR'}" for c in columns)
        con.execute(f"CREATE TEMP TABLE {table} ({', '.join(typed)})")


def collect(con: duckdb.DuckDBPyConnection, queries: Iterable[str]) -> None:
    """Gather the problems that these SELECTs find."""
    for query in queries:
        con.execute(f"INSERT INTO problems BY NAME {query}")


def put_aside(con: duckdb.DuckDBPyConnection, source: Source) -> bool:
    """Gather the rows of a source that can be nobody; whether there are any."""
    added = con.execute(f"INSERT INTO aside BY NAME {_nobody_sql(source)}").fetchall()
    return bool(added[0][0])
