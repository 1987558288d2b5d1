"""Which release is in force: a second person's approval, one switch, and the way back.

The rules stand in approval.sql; this is how the owner asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tangga.web.register.loading import ledger, schema
from tangga.web.register.loading.ledger import Entry, Refused
from tangga.web.register.loading.schema import Connection
from tangga.web.register.loading.staging import own_transactions

REFUSED = "TG001"
"""SQLSTATE of what the rules of approval.sql do not allow."""


def approve(number: int, *, connection: Connection, by: str, demo: bool = False) -> Entry:
    """Say that a staged release may come into force; outside the demo not by who loaded it."""
    own_transactions(connection)
    _asked(connection, "SELECT public.register_approve(%s, %s, %s)", number, by, demo)
    return ledger.entry(connection, number)


def switch(number: int, *, connection: Connection, by: str) -> Entry:
    """Put an approved release in force, in one transaction; requests under way end on the old."""
    own_transactions(connection)
    _asked(connection, "SELECT public.register_switch(%s, %s)", number, by)
    return ledger.entry(connection, number)


def rollback(*, connection: Connection, by: str, reason: str) -> Entry:
    """Back to the release that was in force before; Refused without a reason or without one."""
    own_transactions(connection)
    number = _asked(connection, "SELECT public.register_rollback(%s, %s)", by, reason)
    return ledger.entry(connection, number)


def discard(number: int, *, connection: Connection) -> Entry:
    """Drop what was loaded and never came into force; Refused for any other, or one being read."""
    own_transactions(connection)
    with ledger.alone(connection):
        found = ledger.entry(connection, number)
        if found.state not in ("staged", "approved"):
            what = f"release number {number} is {found.state}, only one that waits can be discarded"
            raise Refused(what, todo="See: tangga web releases")
        if not schema.drop_schema(connection, found.schema):
            raise Refused(f"somebody reads release number {number}", todo="Try again in a moment")
        ledger.set_state(connection, number, "dropped")
        return ledger.entry(connection, number)


def _asked(con: Connection, query: str, *values: Any) -> Any:
    """The answer of a function of approval.sql; Refused where it refuses."""
    with refusals():
        row = con.execute(query.encode(), values).fetchone()
    return None if row is None else row[0]


@contextmanager
def refusals() -> Iterator[None]:
    """Refused in place of the database's own error; Django wraps that in one of its own."""
    try:
        yield
    except Exception as error:
        found = error if isinstance(error, psycopg.Error) else error.__cause__
        if not isinstance(found, psycopg.Error) or found.sqlstate != REFUSED:
            raise
        said = found.diag
        raise Refused(said.message_primary or "refused", todo=said.message_hint or "") from None
