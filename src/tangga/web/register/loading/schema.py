"""The schema of one release in PostgreSQL: tables, COPY, indexes, row-level security."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv as csv
from psycopg import sql

from tangga.web.register.loading.transform import AREA, StoredColumn
from tangga.web.register.tables import NATION
from tangga.web.register.tables import Stored as Storage

APP_ROLE = "tangga_app"
Connection = psycopg.Connection[Any]

FROM = sql.SQL("(SELECT nullif(current_setting('app.area_from', true), ''))")
TO = sql.SQL("(SELECT nullif(current_setting('app.area_to', true), ''))")
RESTS = "autovacuum_enabled = false, toast.autovacuum_enabled = false"
"""Rows of a release never change, come frozen, and are counted by us: nothing is left to vacuum."""

CASE_TEAM = sql.SQL("(SELECT current_setting('app.case', true)) = 'yes'")
"""Each asked once a statement, and never true where nothing was set (NULL, and '' after a use)."""


def schema_name(number: int) -> str:
    """Of the release of this number."""
    return f"r_{number}"


def create_schema(con: Connection, name: str) -> None:
    """Empty, and closed to requests until the release is staged."""
    con.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))


def create_table(con: Connection, schema: str, table: str, columns: Sequence[StoredColumn]) -> None:
    """These columns and the area, without anything that would slow the filling."""
    listed = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.type))  # type: ignore[arg-type]
        for column in columns
    )
    create = sql.SQL('CREATE TABLE {} ({}, area text COLLATE "C" NOT NULL) WITH ({})')
    con.execute(create.format(sql.Identifier(schema, table), listed, sql.SQL(RESTS)))


def copy_rows(con: Connection, schema: str, table: str, batches: Iterable[pa.Table]) -> int:
    """Fill a table that this transaction has made; returns how many rows the server counted."""
    copy_sql = sql.SQL("COPY {} FROM STDIN (FORMAT csv, FREEZE)").format(
        sql.Identifier(schema, table)
    )
    with con.cursor() as cursor:
        with cursor.copy(copy_sql) as copy:
            for batch in batches:
                copy.write(as_csv(batch))
        return cursor.rowcount


def as_csv(batch: pa.Table) -> memoryview:
    """Rows as PostgreSQL reads them: nothing for NULL, quotes around every text."""
    sink = pa.BufferOutputStream()
    csv.write_csv(batch, sink, csv.WriteOptions(include_header=False))
    return memoryview(sink.getvalue())


def create_index(
    con: Connection, schema: str, table: str, columns: Sequence[str], *, unique: bool = False
) -> None:
    """A b-tree by these columns."""
    con.execute(
        sql.SQL("CREATE {} INDEX ON {} ({})").format(
            sql.SQL("UNIQUE" if unique else ""),
            sql.Identifier(schema, table),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
        )
    )


def index_table(con: Connection, schema: str, name: str, storage: Storage, there: set[str]) -> None:
    """The indexes that tables.toml asks for, of the columns that this release has."""
    wanted = [] if storage.is_open or not storage.by_area else [(AREA,)]
    wanted += [columns for columns in storage.indexes if set(columns) <= there]
    for columns in wanted:
        create_index(con, schema, name, columns)
    if storage.unique and set(storage.unique) <= there:
        create_index(con, schema, name, storage.unique, unique=True)


def protect(con: Connection, schema: str, name: str, condition: sql.Composable) -> None:
    """Row-level security, forced: requests see what the condition lets through, the owner all.

    The owner's own policy is for the search function, which runs as the owner and compares areas
    itself, and for loads and backups.
    """
    table = sql.Identifier(schema, name)
    for statement in (
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        "CREATE POLICY by_area ON {table} FOR SELECT TO {app} USING ({condition})",
        "CREATE POLICY owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)",
        "GRANT SELECT ON {table} TO {app}",
    ):
        con.execute(
            sql.SQL(statement).format(
                table=table, app=sql.Identifier(APP_ROLE), condition=condition
            )
        )


def condition_of(storage: Storage) -> sql.Composable:
    """Who sees a row of a table, as SQL."""
    if storage.is_open:
        return sql.SQL("{} IS NOT NULL").format(FROM)
    condition = by_area()
    if storage.above:
        condition = sql.SQL(
            "({inside}) OR ({at} IS NOT NULL AND (area = {nation} OR starts_with({at}, area)))"
        ).format(inside=condition, at=FROM, nation=sql.Literal(NATION))
    return sql.SQL("({}) AND {}").format(condition, CASE_TEAM) if storage.case else condition


def by_area() -> sql.Composable:
    """A row inside of the area of whoever asks: a range, which a b-tree answers."""
    return sql.SQL("area >= {} AND area < {}").format(FROM, TO)


def unprotected(con: Connection, schema: str) -> list[str]:
    """Tables of a schema that any request could read whole: there must be none."""
    found = con.execute(
        "SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        "WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'm', 'v', 'f') "
        "AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1",
        [schema],
    )
    return [str(row[0]) for row in found.fetchall()]


def open_schema(con: Connection, schema: str) -> None:
    """Let requests in: from now on the policies alone decide."""
    grant = sql.SQL("GRANT USAGE ON SCHEMA {} TO {}")
    con.execute(grant.format(sql.Identifier(schema), sql.Identifier(APP_ROLE)))


def drop_schema(con: Connection, schema: str, *, patience: str = "2s") -> bool:
    """Drop a schema that nobody reads; False, and no one waits, where somebody still does."""
    try:
        with con.transaction():
            con.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(patience)))
            con.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
    except psycopg.errors.LockNotAvailable:
        return False
    return True
