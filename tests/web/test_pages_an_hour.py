"""An account opens no more pages in an hour than anybody reads, and is told so in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

MOST = 5


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Five pages an hour, none opened yet, and the time is what a test says."""
    from tangga.web.audit import pushed_back
    from tangga.web.counted import Window
    from tangga.web.middleware import limits

    now = [1000.0]
    monkeypatch.setattr(limits, "OPENED", Window(3600, clock=lambda: now[0]))
    monkeypatch.setattr(pushed_back, "NOTED", Window(pushed_back.EVERY, clock=lambda: now[0]))
    with override_settings(ENV=replace(settings.ENV, pages_an_hour=MOST)):
        yield now


def test_more_pages_than_anybody_reads_are_refused_in_words_and_in_the_trail(
    web: Any, clock: list[float]
) -> None:
    client, user = web.client("kepala_dinas", "1811"), web.user("kepala_dinas", "1811")
    found = [client.get("/daftar/families/") for _ in range(MOST + 3)]
    assert [one.status_code for one in found] == [200] * MOST + [429] * 3
    assert "lebih banyak halaman daripada yang dapat dibaca" in found[-1].content.decode()
    assert 3590 < int(found[-1]["Retry-After"]) <= 3601
    assert 'action="/keluar/"' in found[-1].content.decode()
    with web.owner() as con:
        ask = (
            "SELECT about->>'page' FROM audit_events WHERE what = 'limit_reached' AND by_user = %s"
        )
        assert con.execute(ask, [user.pk]).fetchall() == [("list",)]
    assert client.get("/saya/").status_code == 200, "one's own account stays open"
    assert client.get("/cek/").status_code == 200
    clock[0] += 3600
    assert client.get("/daftar/families/").status_code == 200


def test_each_account_is_counted_by_itself_wherever_it_is_logged_in(
    web: Any, clock: list[float]
) -> None:
    first, again = web.client("kepala_dinas", "1811"), web.client("kepala_dinas", "1811")
    statuses = [one.get("/tugas/").status_code for one in (first, again) * MOST]
    assert statuses == [200] * MOST + [429] * MOST
    assert web.client("bupati", "1811").get("/").status_code == 200


def test_a_day_of_visits_does_not_meet_the_limit_that_holds_unless_an_office_says_otherwise() -> (
    None
):
    from tangga.web.environ import Environment, read

    env = {
        "TANGGA_SECRET_KEY": "x",
        "TANGGA_FIELD_KEY": "y",
        "DATABASE_URL": "postgresql:///",
    }
    pages_of_a_visit, visits_of_a_day, hours = 10, 200, 8
    assert read(env).pages_an_hour >= 5 * pages_of_a_visit * visits_of_a_day / hours
    assert read({**env, "TANGGA_PAGES_AN_HOUR": "70"}).pages_an_hour == 70
    assert Environment.pages_an_hour == read(env).pages_an_hour
