"""Limits that were reached and forms without their mark stand in the trail, of a flood one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

VILLAGE = "1811052001"
FLOOD = 8


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Nothing was noted before, and the time is what a test says."""
    from tangga.web.audit import pushed_back
    from tangga.web.counted import Window

    now = [1000.0]
    monkeypatch.setattr(pushed_back, "NOTED", Window(pushed_back.EVERY, clock=lambda: now[0]))
    yield now


class Trail:
    """The events of a word since this was made."""

    def __init__(self, web: Any, what: str) -> None:
        self.web, self.what = web, what
        self.before = len(self._all())

    def _all(self) -> list[tuple[int | None, str, dict[str, Any]]]:
        ask = "SELECT by_user, area, about FROM audit_events WHERE what = %s ORDER BY id"
        with self.web.owner() as con:
            return list(con.execute(ask, [self.what]).fetchall())

    def new(self) -> list[tuple[int | None, str, dict[str, Any]]]:
        """Who, where, about what."""
        return self._all()[self.before :]


def test_a_flood_of_forged_forms_is_one_event_a_quarter_of_an_hour(
    web: Any, clock: list[float]
) -> None:
    trail, stranger = Trail(web, "form_refused"), Client(enforce_csrf_checks=True)
    sent = {"login": "siti.aminah", "password": "y"}
    for _ in range(FLOOD):
        assert stranger.post("/masuk/", sent, REMOTE_ADDR="203.0.113.4").status_code == 403
    ((who, area, about),) = trail.new()
    assert who is None and area == "" and about["page"] == "login" and len(about["from"]) == 16
    told = json.dumps(about)
    assert "siti" not in told and "203.0.113.4" not in told
    clock[0] += 15 * 60
    stranger.post("/masuk/", sent)
    assert len(trail.new()) == 2


def test_a_stranger_who_tries_every_page_is_told_of_once(web: Any) -> None:
    trail, stranger = Trail(web, "form_refused"), Client(enforce_csrf_checks=True)
    for path in ("/akun/baru/", "/saya/jabatan/", "/saya/sandi/", "/akun/token/"):
        assert stranger.post(path).status_code == 403
    assert [about["page"] for _, _, about in trail.new()] == [""]


def test_whose_form_was_forged_is_known_where_they_are_logged_in(web: Any) -> None:
    trail, user = Trail(web, "form_refused"), web.user("kepala_desa", VILLAGE)
    known = web.client("kepala_desa", VILLAGE)
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = known.cookies
    for _ in range(FLOOD):
        answer = forged.post("/saya/jabatan/", {"post": "1"})
        assert answer.status_code == 403 and "terlalu lama terbuka" in answer.content.decode()
    ((who, area, about),) = trail.new()
    assert (who, area, about["page"]) == (user.pk, VILLAGE, "choose_post")


def test_a_name_that_is_guessed_at_is_told_of_when_it_is_kept_out(web: Any) -> None:
    trail = Trail(web, "limit_reached")
    for n in range(6):
        Client().post("/masuk/", {"login": "guessed-and-told", "password": f"wrong {n}"})
    assert trail.new() == []
    for n in range(FLOOD):
        Client().post("/masuk/", {"login": "guessed-and-told", "password": f"wrong {n}"})
    ((who, _, about),) = trail.new()
    assert who is None and about["page"] == "login" and "guessed" not in json.dumps(about)


def test_too_many_confirmations_are_told_of_in_words_and_in_the_trail(web: Any) -> None:
    trail, client = Trail(web, "limit_reached"), web.client("bupati", "1811")
    answers = [client.post("/saya/pastikan/", {"password": f"wrong {n}"}) for n in range(FLOOD + 4)]
    assert answers[-1].status_code == 429
    assert "Terlalu banyak percobaan" in answers[-1].content.decode()
    told = [who for who, _, about in trail.new() if about["page"] == "account_reauthenticate"]
    assert told == [web.user("bupati", "1811").pk]


def test_limits_of_programs_and_of_the_public_check_are_told_of(
    web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api_tokens import program

    from tangga.web.api import auth
    from tangga.web.api.limits import Limiter

    trail = Trail(web, "limit_reached")
    monkeypatch.setattr(auth, "LIMITER", Limiter(most=2))
    asks = program(web, "operator_kabkota", "1811")
    assert [asks.get("release").status_code for _ in range(5)][-1] == 429
    form = {"nik": "1811015708690001", "lahir": "17-08-1965", "nama": "Siapa Saja"}
    found = [Client().post("/cek/", form, REMOTE_ADDR="203.0.113.91") for _ in range(FLOOD)]
    assert found[-1].status_code == 429
    told = [(who, about["page"]) for who, _, about in trail.new()]
    assert told == [
        (web.user("operator_kabkota", "1811").pk, "api:release"),
        (None, "check"),
    ]
