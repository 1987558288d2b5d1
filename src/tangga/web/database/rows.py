"""Rows of a query as dicts: the register has no models, since its tables follow the release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

Params = Sequence[Any] | Mapping[str, Any] | None
Query = str | sql.Composable


def rows(query: Query, params: Params = None) -> list[dict[str, Any]]:
    """All rows, each column by its name."""
    with connection.cursor() as cursor:
        cursor.execute(_text(query, cursor), params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def one(query: Query, params: Params = None) -> dict[str, Any] | None:
    """The first row, or None."""
    found = rows(query, params)
    return found[0] if found else None


def value(query: Query, params: Params = None) -> Any:
    """The first column of the first row; None where there is no row."""
    with connection.cursor() as cursor:
        cursor.execute(_text(query, cursor), params)
        row = cursor.fetchone()
    return row[0] if row else None


def run(query: Query, params: Params = None) -> int:
    """Execute; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(_text(query, cursor), params)
        return int(cursor.rowcount)


def _text(query: Query, cursor: Any) -> str:
    return query if isinstance(query, str) else query.as_string(cursor.connection)
