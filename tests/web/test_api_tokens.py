"""Tokens: made by who may, shown once, narrow, and over when they end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from api_tokens import Program, program, token

HERE = "1811"
ROLE = "operator_kabkota"


@pytest.fixture
def office(web: Any) -> Any:
    """The browser of somebody who may make tokens."""
    return web.client(ROLE, HERE)


def _made(office: Any) -> str:
    answer = office.post("/akun/token/", {"name": "Dasbor", "scopes": ["figures"], "days": "30"})
    assert answer.status_code == 200
    text = answer.content.decode()
    return text.partition('class="token">')[2].partition("<")[0]


def test_a_token_is_shown_once_and_only_its_digest_is_kept(web: Any, office: Any) -> None:
    text = _made(office)
    assert text.startswith("tangga_")
    assert len(text) > 40
    assert Program(text).get("figures").status_code == 200
    again = office.get("/akun/token/").content.decode()
    assert text not in again
    assert text[:12] in again
    with web.owner() as con:
        rows = con.execute("SELECT t::text FROM api_token AS t").fetchall()
    assert text not in str(rows)


def test_a_token_ends_when_its_owner_ends_it(web: Any, office: Any) -> None:
    text = _made(office)
    with web.owner() as con:
        number = con.execute("SELECT max(id) FROM api_token").fetchone()[0]
    other = web.client("dinas_provinsi", "18")
    assert other.post(f"/akun/token/{number}/akhiri/").status_code == 404
    assert Program(text).get("figures").status_code == 200
    assert office.post(f"/akun/token/{number}/akhiri/").status_code == 302
    assert Program(text).get("figures").status_code == 401


def test_a_form_without_a_scope_or_with_one_of_others_makes_no_token(web: Any, office: Any) -> None:
    with web.owner() as con:
        before = con.execute("SELECT count(*) FROM api_token").fetchone()
    for scopes in ([], ["case"], ["reveal"], ["accounts"]):
        answer = office.post("/akun/token/", {"name": "x", "scopes": scopes, "days": "30"})
        assert answer.status_code == 200
        assert 'role="alert"' in answer.content.decode()
    for days in ("", "366", "-1", "a", "99999999999"):
        office.post("/akun/token/", {"name": "x", "scopes": ["figures"], "days": days})
    office.post("/akun/token/", {"name": "x\0", "scopes": ["figures"], "days": "30"})
    with web.owner() as con:
        assert con.execute("SELECT count(*) FROM api_token").fetchone() == before


def test_only_roles_that_may_see_the_page(web: Any) -> None:
    for role, area, status in ((ROLE, HERE, 200), ("kepala_dinas", HERE, 403), ("bps", HERE, 200)):
        assert web.client(role, area).get("/akun/token/").status_code == status
    assert web.client().get("/akun/token/").status_code == 302


def test_the_database_refuses_a_token_of_more_than_a_year(web: Any) -> None:
    token(web, ROLE, HERE)
    with web.owner() as con, pytest.raises(psycopg.errors.CheckViolation):
        con.execute("UPDATE api_token SET expires_at = created_at + interval '400 days'")


def test_an_expired_token_an_ended_post_and_a_locked_account_open_nothing(web: Any) -> None:
    from django.utils import timezone

    from tangga.web.accounts.models import User
    from tangga.web.api.models import Token
    from tangga.web.api.tokens import digest_of

    role, area = "dinas_provinsi", "18"
    text = token(web, role, area)
    asks = Program(text)
    assert asks.get("figures").status_code == 200
    now = timezone.now()
    mine = Token.objects.filter(digest=digest_of(text))
    mine.update(created_at=now - timedelta(days=9), expires_at=now - timedelta(seconds=1))
    answer = asks.get("figures")
    assert (answer.status_code, answer.json()["type"]) == (401, "/api/v1/docs#expired_token")
    mine.update(expires_at=now + timedelta(days=1))
    user = web.user(role, area)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert asks.get("figures").status_code == 401
    User.objects.filter(pk=user.pk).update(is_active=True)
    with psycopg.connect(web.superuser_url) as con:
        con.execute("UPDATE accounts_post SET valid_to = valid_from WHERE user_id = %s", [user.pk])
    assert asks.get("figures").status_code == 401


def test_a_session_is_no_token_and_a_token_no_session(web: Any) -> None:
    browser = web.client(ROLE, HERE)
    assert browser.get("/api/v1/families").status_code == 401
    assert browser.post("/api/v1/persons/search", {"name": "siti"}).status_code == 401
    asks = program(web, ROLE, HERE)
    assert asks.client.get("/akun/token/").status_code == 302


def test_use_is_noted_at_most_once_a_minute(web: Any) -> None:
    from tangga.web.api.models import Token
    from tangga.web.api.tokens import digest_of

    text = token(web, ROLE, HERE)
    mine = Token.objects.filter(digest=digest_of(text))
    assert mine.get().last_used_at is None
    Program(text).get("figures")
    first = mine.get().last_used_at
    assert first is not None
    Program(text).get("figures")
    assert mine.get().last_used_at == first


def test_who_asks_too_often_is_told_in_words_when_to_come_back(
    web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangga.web.api import auth
    from tangga.web.api.limits import Limiter

    now = 100.0
    monkeypatch.setattr(auth, "LIMITER", Limiter(most=3, clock=lambda: now))
    asks, other = program(web, ROLE, HERE), program(web, ROLE, HERE)
    assert [asks.get("release").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    answer = asks.get("release")
    assert int(answer.headers["Retry-After"]) > 50
    assert "3 kali semenit" in answer.json()["detail"]
    assert other.get("release").status_code == 200
    now = 161.0
    assert asks.get("release").status_code == 200


@pytest.mark.parametrize("how", ["reset_password", "reset_second_factor"])
def test_a_token_ends_when_its_owners_password_or_telephone_is_reset(web: Any, how: str) -> None:
    """Who stole the machine may have the token as well."""
    from users import make_user

    from tangga.web.accounts import actions

    user = make_user(ROLE, HERE, username=f"robbed-{how.replace('_', '-')}")
    made = _token_of(user)
    assert Program(made).get("figures").status_code == 200
    getattr(actions, how)(user=user, by=None)
    assert Program(made).get("figures").status_code == 401


def _token_of(user: Any) -> str:
    from django.db import transaction
    from django.utils import timezone

    from tangga.web.api.tokens import issue
    from tangga.web.viewer import open_for, posts_in_force, viewer_of

    with transaction.atomic():
        viewer = viewer_of(user, posts_in_force(user.pk)[0])
        open_for(viewer)
        end = timezone.now() + timedelta(days=1)
        return issue(by=viewer, name="robbed", scopes=["figures"], expires_at=end)[1]
