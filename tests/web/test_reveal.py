"""A number in full: only with role, purpose, reason and a fresh confirmation; once, recorded."""

from __future__ import annotations

import time
from typing import Any

import psycopg
import pytest
from walking import Side

REGENCY = "1811"
REASON = "Kartu dibawa ke loket, satu angka di prelist salah"
FORM = {"purpose": "counter", "reason": REASON}


@pytest.fixture(scope="module")
def side(web: Any) -> Side:
    return Side(web.superuser_url, REGENCY)


def url(side: Side, number: int = 0) -> str:
    return f"/orang/{side.people[number][0]}/nomor/"


def whole(side: Side, text: str) -> set[str]:
    return {number for number in side.numbers if number in text}


def test_it_is_shown_after_purpose_and_reason_and_recorded(web: Any, side: Side) -> None:
    client = web.client("verifikator_kabkota", REGENCY)
    asked = client.get(url(side))
    assert asked.status_code == 200 and not whole(side, asked.content.decode())
    shown = client.post(url(side), FORM)
    text = shown.content.decode()
    assert whole(side, text)
    assert "verifikator-kabkota-1811" in text and "watermark" in text, "who asked lies over it"
    assert "Kembali ke halaman keluarga" in text
    assert shown["Cache-Control"] == "no-store"
    assert not whole(side, client.get(url(side)).content.decode()), "once"
    with psycopg.connect(web.superuser_url) as con:
        query = "SELECT reason, about->>'purpose', person_id FROM audit_events WHERE what = %s"
        found = con.execute(query, ["revealed"]).fetchall()
        everything = con.execute("SELECT string_agg(e::text, ' ') FROM audit_events AS e")
        assert found == [(REASON, "counter", side.people[0][0])]
        assert not whole(side, everything.fetchone()[0]), "the number itself is not in the trail"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"purpose": "counter"},
        {"purpose": "curiosity", "reason": REASON},
        {"purpose": "counter", "reason": "perlu"},
        {"purpose": "counter", "reason": "a" * 40},
        {"purpose": "counter", "reason": "          .          .         "},
        {"purpose": "counter", "reason": "mencari 1811051204890001 di prelist"},
        {"purpose": "counter", "reason": "mencari 1811 0512 0489 0001 di prelist"},
        {"purpose": "counter", "reason": "x" * 10_000},
    ],
)
def test_without_a_purpose_or_a_reason_nothing_is_shown(web: Any, side: Side, form: Any) -> None:
    client = web.client("verifikator_kabkota", REGENCY)
    answer = client.post(url(side), form)
    assert answer.status_code == 200 and not whole(side, answer.content.decode())


def test_other_roles_and_other_areas_are_shown_nothing(web: Any, side: Side) -> None:
    assert web.client("kepala_dinas", REGENCY).post(url(side), FORM).status_code == 403
    assert web.client("operator_kabkota", "1771").post(url(side), FORM).status_code == 404
    assert web.client("operator_kabkota", REGENCY).get("/orang/nobody/nomor/").status_code == 404


def test_a_confirmation_of_long_ago_does_not_count(web: Any, side: Side) -> None:
    client = web.client("verifikator_kabkota", REGENCY)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 16 * 60
    session.save()
    answer = client.post(url(side), FORM)
    assert answer.status_code == 302 and answer["Location"].startswith("/saya/pastikan/")
    assert "loket" not in str(dict(client.session)), "what was typed is not kept meanwhile"


def test_a_day_has_a_limit(web: Any, side: Side, monkeypatch: Any) -> None:
    from tangga.web.viewer import Viewer

    monkeypatch.setattr(Viewer, "limit", lambda self, name: 2)
    client = web.client("operator_kabkota", REGENCY)
    answers = [client.post(url(side, number), FORM).status_code for number in (1, 2, 3)]
    assert answers == [200, 200, 403]


def test_the_limit_of_a_day_is_one_for_all_posts(web: Any, side: Side, monkeypatch: Any) -> None:
    from datetime import timedelta

    from django.db import transaction
    from django.utils import timezone
    from users import make_user

    from tangga.web.reveal.permit import TooMany, permit
    from tangga.web.viewer import Viewer, open_for, posts_in_force, viewer_of

    user = make_user("operator_kabkota", REGENCY, username="two-regencies")
    today = timezone.localdate()
    make_user(
        "operator_kabkota", "1771", username="two-regencies", valid_from=today - timedelta(days=1)
    )
    monkeypatch.setattr(Viewer, "limit", lambda self, name: 1)
    refused = []
    for post in _posts_of(posts_in_force, user):
        with transaction.atomic():
            viewer = viewer_of(user, post)
            open_for(viewer)
            try:
                permit(viewer, what="revealed", area=post.area, **FORM)
            except TooMany:
                refused.append(post.area)
    assert refused == ["1771"]


def _posts_of(posts_in_force: Any, user: Any) -> Any:
    from django.db import transaction

    with transaction.atomic():
        return posts_in_force(user.pk)


def test_files_with_whole_numbers_have_a_limit_of_a_day_too(
    web: Any, side: Side, monkeypatch: Any
) -> None:
    from tangga.web.viewer import Viewer

    client = web.client("operator_kabkota", REGENCY)
    rows = client.post("/daftar/people/utuh/", FORM)
    assert rows.status_code == 200
    with psycopg.connect(web.superuser_url) as con:
        query = "SELECT about->>'rows' FROM audit_events WHERE what = 'exported_whole'"
        many = int(con.execute(query).fetchone()[0])
    monkeypatch.setattr(Viewer, "limit", lambda self, name: 2 * many - 1)
    assert client.post("/daftar/people/utuh/", FORM).status_code == 403


def test_requests_at_once_count_one_another(web: Any, side: Side, monkeypatch: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from tangga.web.viewer import Viewer

    monkeypatch.setattr(Viewer, "limit", lambda self, name: 2)
    web.user("operator_kabkota", "1771")
    people = Side(web.superuser_url, "1771")
    clients = [web.client("operator_kabkota", "1771") for _ in range(3)]

    def ask(number: int) -> int:
        try:
            return int(clients[number].post(url(people, number), FORM).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(ask, range(3))) == [200, 200, 403]
