"""Families of the release to look at: read past every policy, as the owner."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row


def ask(web: Any, query: str, *values: Any) -> list[dict[str, Any]]:
    """Rows of a query over the tables of the release in force."""
    with web.owner() as con:
        number = con.execute("SELECT number FROM public.register_current").fetchone()[0]
        con.execute(f"SET search_path = r_{number}, public")
        with con.cursor(row_factory=dict_row) as cursor:
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description else []


def one(web: Any, query: str, *values: Any) -> dict[str, Any]:
    """The first row; a test that finds none has nothing to look at."""
    rows = ask(web, query, *values)
    assert rows, f"the release has no {query}"
    return rows[0]


def page(client: Any, family_id: str, part: str = "", language: str = "id") -> str:
    """The text of a page of a family."""
    client.cookies["bahasa"] = language
    response = client.get(f"/keluarga/{family_id}/{part}")
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def connection(web: Any) -> psycopg.Connection[Any]:
    """Of the owner, in the schema of the release in force."""
    con = web.owner()
    number = con.execute("SELECT number FROM public.register_current").fetchone()[0]
    con.execute(f"SET search_path = r_{number}, public")
    return con
