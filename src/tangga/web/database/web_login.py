"""Whether the login of the processes that answer requests is the wall that it should be."""

from __future__ import annotations

import psycopg

from tangga.errors import UserError
from tangga.web.database.bootstrap import APP

Connection = psycopg.Connection[tuple[object, ...]]

STRONG = """
SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
FROM pg_roles WHERE rolname = session_user
"""
OWNS = """
SELECT count(*) FROM pg_shdepend
WHERE refobjid = (SELECT oid FROM pg_roles WHERE rolname = session_user) AND deptype = 'o'
"""
OTHERS = """
SELECT rolname::text FROM pg_roles
WHERE rolname NOT IN (session_user, %s) AND pg_has_role(session_user, oid, 'MEMBER') ORDER BY 1
"""
MEMBER = "SELECT pg_has_role(session_user, %s, 'MEMBER')"


def faults(con: Connection) -> list[str]:
    """Why the role that this connection logged in as can do more, or less, than it should."""
    wrong = []
    if _value(con, STRONG):
        wrong.append("it is a superuser, passes policies, or makes roles or databases")
    if _value(con, OWNS):
        wrong.append("it owns something")
    if not _value(con, MEMBER, APP):
        wrong.append(f"it is no member of {APP}")
    others = [str(name) for (name,) in con.execute(OTHERS.encode(), [APP]).fetchall()]
    if others:
        wrong.append(f"it can become {', '.join(others[:3])}")
    return wrong


def hold_to(web_url: str) -> None:
    """UserError for a login that does not answer, or is none that pages should have."""
    try:
        with psycopg.connect(web_url, autocommit=True, connect_timeout=10) as con:
            wrong, name = faults(con), con.info.user
    except psycopg.Error as error:
        reason = (str(error).strip().splitlines() or ["no reason given"])[-1]
        what = f"PostgreSQL cannot be reached as the pages would: {reason}"
        raise UserError(what, todo="Look at TANGGA_WEB_DATABASE_URL") from None
    if wrong:
        todo = f"Name a role that is a member of {APP} alone, or unset TANGGA_WEB_DATABASE_URL"
        raise UserError(f"pages must not log in as {name}: {'; '.join(wrong)}", todo=todo)


def _value(con: Connection, query: str, *values: str) -> object:
    row = con.execute(query.encode(), values).fetchone()
    return None if row is None else row[0]
