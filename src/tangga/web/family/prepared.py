"""One statement, planned once a connection.

A page's statement has two dozen sub-selects, each behind a policy: planning it takes longer than
running it. Django plans anew each time, so this one goes past it, to the same connection and in the
same transaction. The server plans again by itself where another release is in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any

import psycopg
from django.db import connection

AT_ONCE, NEVER = 0, None
"""When the connection prepares a statement; never is how Django keeps it."""


def value(statement: str, params: Mapping[str, Any]) -> Any:
    """The first column of the first row; None where there is no row. django.db's own errors."""
    connection.ensure_connection()
    raw = connection.connection
    began = monotonic()
    with connection.wrap_database_errors:
        raw.prepare_threshold = AT_ONCE
        try:
            with psycopg.Cursor(raw) as cursor:
                row = cursor.execute(statement.encode(), params, prepare=True).fetchone()
        finally:
            raw.prepare_threshold = NEVER
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": f"{monotonic() - began:.3f}"})
    return row[0] if row else None
