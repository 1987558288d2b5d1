"""A centre sees the families that were referred to it, and of the others only figures."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from families import ask

OTHERS = """
SELECT f.family_id, f.head_person_id FROM family_index AS f WHERE f.area LIKE %s
AND NOT EXISTS (SELECT FROM cases AS c WHERE c.family_id = f.family_id)
AND NOT EXISTS (SELECT FROM assessments AS a WHERE a.family_id = f.family_id) ORDER BY 1 LIMIT 3
"""
CASES = """
SELECT DISTINCT c.family_id, f.area FROM cases AS c JOIN families AS f USING (family_id)
ORDER BY f.area, c.family_id
"""


@pytest.fixture
def regency(web: Any) -> str:
    """One in which there is a case."""
    return str(ask(web, CASES)[0]["area"][:4])


@pytest.fixture
def client(web: Any, regency: str) -> Client:
    return web.client("sentra", regency)


def test_it_opens_the_families_of_cases_alone(web: Any, regency: str, client: Client) -> None:
    cases = [one for one in ask(web, CASES) if one["area"].startswith(regency)]
    others = ask(web, OTHERS, regency + "%")
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


def test_it_searches_nobody_and_sees_figures(regency: str, client: Client) -> None:
    assert client.get("/cari/").status_code == 403
    page = client.get(f"/wilayah/{regency}/")
    assert page.status_code == 200
    assert "/keluarga/" not in page.content.decode()
