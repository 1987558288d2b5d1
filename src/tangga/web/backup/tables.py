"""A count and a hash of every table, the same wherever and in whatever order the rows stand."""

from __future__ import annotations

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[object, ...]]

NAMES = """
SELECT n.nspname, c.relname, c.relforcerowsecurity
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2
"""
# Text of a value must not depend on anybody's settings.
SAME_TEXT = """
SELECT set_config('datestyle', 'ISO, YMD', true), set_config('timezone', 'UTC', true),
       set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true),
       set_config('intervalstyle', 'iso_8601', true), set_config('search_path', '', true)
"""
# Sums, so that order does not matter; two different parts of the MD5 of each row.
HASH = """
SELECT count(*),
       coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text || '-' ||
       coalesce(sum(('x' || right(md5(t::text), 15))::bit(60)::bigint), 0)::text
FROM {} AS t
"""
FORGOTTEN = ("public.django_session",)
"""Not in a backup: with a session's row one is logged in."""


def hashes(con: Connection) -> dict[str, dict[str, object]]:
    """`schema.table` -> rows, hash. To be called in a transaction, by a role that sees all rows."""
    con.execute(SAME_TEXT)
    found: dict[str, dict[str, object]] = {}
    for schema, table, _ in con.execute(NAMES).fetchall():
        name = f"{schema}.{table}"
        if name not in FORGOTTEN:
            query = sql.SQL(HASH).format(sql.Identifier(str(schema), str(table)))
            row = con.execute(query).fetchone()
            assert row is not None
            found[name] = {"rows": row[0], "hash": row[1]}
    return found


def hashes_as_owner(con: Connection) -> dict[str, dict[str, object]]:
    """The same by the owner, whom the policies bind: they are lifted, and put back by a rollback.

    Only where nobody else is in the database: the tables are locked meanwhile.
    """
    for schema, table, forced in con.execute(NAMES).fetchall():
        if forced:
            lift = sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY")
            con.execute(lift.format(sql.Identifier(str(schema), str(table))))
    try:
        return hashes(con)
    finally:
        con.rollback()
