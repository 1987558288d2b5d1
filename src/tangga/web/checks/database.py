"""What is unsafe in the database: who we are there, what binds whom, how it keeps what it got."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from tangga.errors import UserError
from tangga.web.checks.finding import Finding, found
from tangga.web.database.bootstrap import APP
from tangga.web.database.web_login import hold_to

Connection = psycopg.Connection[tuple[object, ...]]

ROLE = """
SELECT rolsuper, rolbypassrls, rolcreaterole OR rolcreatedb, rolcanlogin
FROM pg_roles WHERE rolname = %s
"""
WITHOUT_POLICY = """
SELECT n.nspname || '.' || c.relname
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
  AND (n.nspname ~ '^r_[0-9]+$' OR n.nspname = 'public' AND EXISTS (
      SELECT FROM pg_attribute AS a
      WHERE a.attrelid = c.oid AND a.attname = 'area' AND NOT a.attisdropped))
  AND has_any_column_privilege(%s, c.oid, 'SELECT')
ORDER BY 1
"""
OWNED_BY_APP = """
SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = %s)
"""
AUDIT_CHANGEABLE = """
SELECT c.relname FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND c.relname LIKE 'audit\\_%%'
  AND (has_table_privilege(%s, c.oid, 'UPDATE') OR has_table_privilege(%s, c.oid, 'DELETE')
       OR has_table_privilege(%s, c.oid, 'TRUNCATE'))
ORDER BY 1
"""
ENCRYPTED = """
SELECT inet_client_addr() IS NULL OR inet_client_addr() <<= '127.0.0.0/8' OR
    inet_client_addr() = '::1' OR coalesce((SELECT ssl FROM pg_stat_ssl
        WHERE pid = pg_backend_pid()), false)
"""
CAREFUL = ("fsync", "full_page_writes", "synchronous_commit", "data_checksums")


def of_database(con: Connection) -> Iterator[Finding]:
    """All of the below; the connection is the service's own."""
    yield from of_roles(con)
    yield from of_policies(con)
    yield from of_durability(con)
    if not _value(con, ENCRYPTED):
        yield found("database_in_clear")


def of_web_login(web_url: str) -> Iterator[Finding]:
    """What the processes that answer requests log in as; '' where they have the owner's login."""
    if not web_url:
        yield found("web_is_owner")
        return
    try:
        hold_to(web_url)
    except UserError as wrong:
        yield found("web_login", said=wrong.what)


def of_roles(con: Connection) -> Iterator[Finding]:
    """A superuser is bound by no policy; the role of requests must own nothing."""
    user = con.info.user
    mine = _row(con, ROLE, user)
    if mine and mine[0]:
        yield found("superuser", role=user)
    elif mine and mine[1]:
        yield found("bypasses", role=user)
    elif mine and mine[2]:
        yield found("creates_roles", role=user)
    app = _row(con, ROLE, APP)
    if app is None:
        yield found("no_app_role", role=APP)
        return
    if any(app):
        yield found("app_role_too_strong", role=APP)
    if _value(con, OWNED_BY_APP, APP):
        yield found("app_role_owns", role=APP)


def of_policies(con: Connection) -> Iterator[Finding]:
    """Tables with an area that the area does not close; an audit that could be rewritten."""
    if _row(con, ROLE, APP) is None:
        return
    open_ones = [str(name) for (name,) in con.execute(WITHOUT_POLICY.encode(), [APP]).fetchall()]
    if open_ones:
        yield found("no_policy", count=len(open_ones), tables=", ".join(open_ones[:5]))
    loose = [name for (name,) in con.execute(AUDIT_CHANGEABLE.encode(), [APP] * 3).fetchall()]
    if loose:
        yield found("audit_changeable", tables=", ".join(map(str, loose)))


def of_durability(con: Connection) -> Iterator[Finding]:
    """What was acknowledged must be on the disk."""
    for setting in CAREFUL:
        if _value(con, "SELECT current_setting(%s)", setting) == "off":
            yield found("careless", setting=setting)


def _row(con: Connection, query: str, *values: str) -> tuple[object, ...] | None:
    return con.execute(query.encode(), values).fetchone()


def _value(con: Connection, query: str, *values: str) -> object:
    row = _row(con, query, *values)
    return None if row is None else row[0]
