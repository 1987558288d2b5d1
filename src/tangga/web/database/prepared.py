"""Statements that are planned once a connection.

What each request asks again, word for word, takes the server longer to plan than to run: a page's
statement with two dozen sub-selects behind policies, and each small one before it. Django plans
anew each time, so these go past it, to the same connection and in the same transaction. The server
plans again by itself where another release is in force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

import psycopg
from django.db import connection

AT_ONCE, NEVER = 0, None
"""When the connection prepares a statement; never is how Django keeps it."""

Params = Sequence[Any] | Mapping[str, Any]


def table(statement: str, params: Params = ()) -> list[tuple[Any, ...]]:
    """All rows; none of a statement that answers nothing. django.db's own errors."""
    connection.ensure_connection()
    raw = connection.connection
    began = monotonic()
    with connection.wrap_database_errors:
        raw.prepare_threshold = AT_ONCE
        try:
            with psycopg.Cursor(raw) as cursor:
                cursor.execute(statement.encode(), params, prepare=True)
                found = cursor.fetchall() if cursor.description else []
        finally:
            raw.prepare_threshold = NEVER
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": f"{monotonic() - began:.3f}"})
    return found


def row(statement: str, params: Params = ()) -> tuple[Any, ...] | None:
    """The first row; None where there is no row."""
    found = table(statement, params)
    return found[0] if found else None


def value(statement: str, params: Params = ()) -> Any:
    """The first column of the first row; None where there is no row."""
    first = row(statement, params)
    return first[0] if first else None
