"""Reading a table of the last complete run: what `show` prints and `export` writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tangga.engine import catalogue, condition
from tangga.engine.connection import connect, quoted
from tangga.engine.current import last_complete
from tangga.errors import UserError


@dataclass(frozen=True)
class Sheet:
    """Some rows of a table. total: how many there are in all."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    total: int


def table_names(directory: Path) -> list[tuple[str, str]]:
    """(name, what one row is) of the tables of the last complete run."""
    return catalogue.listing(last_complete(directory))


def read(
    directory: Path,
    table: str,
    *,
    where: str | None = None,
    columns: Sequence[str] = (),
    limit: int = 20,
) -> Sheet:
    """The first rows of a table, in the order in which the run wrote them."""
    con, sql = select(directory, table, where=where, columns=columns)
    total = count(con, sql)
    rows = con.execute(f"SELECT * FROM ({sql}) AS t LIMIT {int(limit)}").fetchall()
    return Sheet(tuple(n for n, _ in described(con, sql)), tuple(rows), total)


def count_rows(directory: Path, table: str, *, where: str | None = None) -> int | None:
    """Rows of a table; None where the last complete run has no such table."""
    names = {name for name, _ in table_names(directory)}
    return count(*select(directory, table, where=where)) if table in names else None


def select(
    directory: Path, table: str, *, where: str | None = None, columns: Sequence[str] = ()
) -> tuple[duckdb.DuckDBPyConnection, str]:
    """A database that may read this workspace's last run only, and the SELECT of a table."""
    run = last_complete(directory)
    sql = catalogue.relation(run, table)
    con = reader(run)
    there = [name for name, _ in described(con, sql)]
    chosen = ", ".join(f'"{name}"' for name in _chosen(columns, there)) or "*"
    if where is not None:
        sql = f"SELECT * FROM ({sql}) AS t WHERE {condition.read(where, there)}"
    return con, f"SELECT {chosen} FROM ({sql}) AS t"


def count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    """Rows of a SELECT; the first time that a condition meets values, so it may fail on one."""
    return int(_ask(con, f"SELECT count(*) FROM ({sql}) AS t")[0][0])


def described(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, str]]:
    """(name, DuckDB type) of each column of a SELECT."""
    return [(row[0], row[1]) for row in _ask(con, f"DESCRIBE {sql}")]


def _ask(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """An error of binding names types and functions, never a value of the table: it may be
    shown. Any other may hold somebody's data, so only its kind is."""
    try:
        return con.execute(sql).fetchall()
    except (duckdb.BinderException, duckdb.CatalogException) as wrong:
        first = str(wrong).splitlines()[0]
        raise UserError("--where does not fit the table", todo=first) from None
    except (duckdb.ConversionException, duckdb.OutOfRangeException) as wrong:
        raise UserError(
            f"--where cannot be computed for every row ({type(wrong).__name__})",
            todo="Write try_cast(... AS ...) where a value may not fit",
        ) from None


def _chosen(columns: Sequence[str], there: list[str]) -> list[str]:
    absent = [c for c in columns if c not in there]
    if absent:
        todo = f"Its columns are: {', '.join(there)}"
        raise UserError("no such column", value=", ".join(absent), todo=todo)
    return list(columns)


def reader(run: Path) -> duckdb.DuckDBPyConnection:
    """A database that reads below the run's folder and nowhere else, whatever it may be asked."""
    con = connect()
    con.execute(f"SET allowed_directories = ['{quoted(run)}/']")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con
