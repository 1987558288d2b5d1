"""A centre sees the families that were referred to it, and of the others only figures."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from families import ask

REGENCY = "1811"
OTHERS = """
SELECT f.family_id, f.head_person_id FROM family_index AS f WHERE f.area LIKE '1811%%'
AND NOT EXISTS (SELECT FROM cases AS c WHERE c.family_id = f.family_id)
AND NOT EXISTS (SELECT FROM assessments AS a WHERE a.family_id = f.family_id) ORDER BY 1 LIMIT 3
"""
CASES = """
SELECT DISTINCT c.family_id FROM cases AS c JOIN families AS f USING (family_id)
WHERE f.area LIKE '1811%%' ORDER BY 1
"""


@pytest.fixture
def client(web: Any) -> Client:
    return web.client("sentra", REGENCY)


def test_it_opens_the_families_of_cases_alone(web: Any, client: Client) -> None:
    cases, others = ask(web, CASES), ask(web, OTHERS)
    assert cases and others
    for one in cases:
        for part in ("", "riwayat/", "lembar/"):
            answer = client.get(f"/keluarga/{one['family_id']}/{part}")
            assert answer.status_code == 200, part
    for one in others:
        for part in ("", "riwayat/", "lembar/"):
            answer = client.get(f"/keluarga/{one['family_id']}/{part}")
            assert answer.status_code == 404, "as one that there is not"
        led = client.get(f"/orang/{one['head_person_id']}/", follow=True)
        assert led.status_code == 404


def test_its_lists_are_those_of_cases(web: Any, client: Client) -> None:
    assert client.get("/daftar/rehabilitation/").status_code == 200
    for name in ("families", "people", "near_cap", "gone"):
        assert client.get(f"/daftar/{name}/").status_code == 403
    index = client.get("/daftar/").content.decode()
    assert "/daftar/rehabilitation/" in index and "/daftar/families/" not in index


def test_it_searches_nobody_and_sees_figures(client: Client) -> None:
    assert client.get("/cari/").status_code == 403
    page = client.get(f"/wilayah/{REGENCY}/")
    assert page.status_code == 200
    for other in ask_ids(page.content.decode()):
        raise AssertionError(other)


def ask_ids(text: str) -> list[str]:
    """Addresses of families on a page."""
    return [part.split("/")[0] for part in text.split("/keluarga/")[1:]]
