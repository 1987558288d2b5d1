"""A page that is only asked for changes nothing but the trail: a link in a mail can do no harm."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from walking import Side, addresses, filled, query_of

NOTED = {
    "audit_events", "audit_events_id_seq", "audit_seen", "django_session", "web_cache",
    "privacy_taken",
}  # fmt: skip
"""Where it is written down that something was read: who, what, when."""

TABLES = """
SELECT n.nspname || '.' || c.relname
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE c.relkind = 'r' AND n.nspname IN ('public', 'r_1') ORDER BY 1
"""


def standing(web: Any) -> dict[str, tuple[int, int]]:
    """Of each table how many rows it has, and the newest change of any."""
    with psycopg.connect(web.superuser_url) as con:
        names = [name for (name,) in con.execute(TABLES)]
        ask = "SELECT count(*), coalesce(max(xmin::text::bigint), 0) FROM {}"
        return {name: con.execute(ask.format(name).encode()).fetchone() for name in names}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "area"),
    [("operator_kabkota", "1811"), ("kepala_dinas", "1811"), ("administrator", "18")],
)
def test_asking_for_every_page_changes_nothing(fresh_web: Any, role: str, area: str) -> None:
    side, client = Side(fresh_web.superuser_url, area), fresh_web.client(role, area)
    side.users.update({"nobody": 999_999})
    client.get("/saya/")
    before, asked = standing(fresh_web), 0
    for address in addresses():
        path, _ = filled(address, side, 1)[0]
        for query in ({}, query_of(side) | {"langkah": "sign", "lakukan": "kunci", "hapus": "1"}):
            asked += client.get(path, query).status_code == 200
            client.head(path, query)
    after = standing(fresh_web)
    changed = {name for name in after if after[name] != before.get(name)}
    assert "public.audit_events" in changed
    assert {name.partition(".")[2] for name in changed} <= NOTED, changed
    assert asked > 50


@pytest.mark.slow
def test_the_look_would_notice(fresh_web: Any) -> None:
    before = standing(fresh_web)
    with psycopg.connect(fresh_web.superuser_url) as con:
        con.execute("UPDATE accounts_user SET name = name")
        con.execute("UPDATE r_1.persons SET name = name WHERE ctid = '(0,1)'")
    after = standing(fresh_web)
    assert {name for name in after if after[name] != before[name]} >= {"r_1.persons"}
