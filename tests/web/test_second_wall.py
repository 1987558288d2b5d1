"""The login of the pages; what a request can do with accounts, sessions, tokens of others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from as_pages import as_pages
from django.test import Client
from users import PASSWORD, make_user

from tangga.errors import UserError
from tangga.web.checks.database import of_web_login
from tangga.web.database.bootstrap import web_login
from tangga.web.database.web_login import faults, hold_to
from tangga.web.serving.processes import service_environment

REGENCY, OTHER = "1811", "1771"
VILLAGE = "1811052001"
Refused = psycopg.errors.InsufficientPrivilege


@contextmanager
def as_request(
    web: Any, user: Any = None, accounts: str | None = None
) -> Iterator[psycopg.Connection[Any]]:
    """A transaction as a page has one: the pages' login, the role of requests, and who asks.

    accounts: the area that an administrator manages, None for who manages none.
    """
    with psycopg.connect(web_login(web.url)) as con:
        con.execute("SET LOCAL ROLE tangga_app")
        said = {"user": "" if user is None else str(user.pk)}
        if accounts is not None:
            said |= {"accounts_from": accounts or "!", "accounts_to": accounts + "~"}
        for name, value in said.items():
            con.execute("SELECT set_config(%s, %s, true)", [f"app.{name}", value])
        yield con
        con.rollback()


def many(con: psycopg.Connection[Any], query: str, *params: Any) -> int:
    """How many rows a statement gives or touches."""
    return con.execute(query.encode(), params or None).rowcount


# --- The login ------------------------------------------------------------------------------------


def test_the_login_of_the_pages_becomes_the_role_of_requests_and_nobody_else(web: Any) -> None:
    url = web_login(web.url)
    hold_to(url)
    assert list(of_web_login(url)) == []
    with psycopg.connect(url, autocommit=True) as con:
        assert faults(con) == []
        con.execute("SET ROLE tangga_app")
        con.execute("RESET ROLE")
        for statement in (
            "SET ROLE tangga_owner",
            "SET SESSION AUTHORIZATION tangga_owner",
            "CREATE TABLE own (a int)",
            "CREATE SCHEMA own",
            "ALTER TABLE audit_events DISABLE TRIGGER USER",
            "ALTER TABLE audit_events NO FORCE ROW LEVEL SECURITY",
            "DELETE FROM audit_events",
            "UPDATE register_current SET number = NULL",
            "UPDATE register_releases SET state = 'approved'",
            "SELECT public.register_switch(1, 'anybody')",
            "SELECT password FROM accounts_user",
        ):
            with pytest.raises(Refused):
                con.execute(statement.encode())
        assert many(con, "SELECT FROM r_1.persons") == 0, "nor past a policy"


def test_any_other_login_is_told(web: Any) -> None:
    with pytest.raises(UserError, match="can become"):
        hold_to(web.superuser_url)
    with pytest.raises(UserError, match="owns something"):
        hold_to(web.url)
    assert [one.name for one in of_web_login(web.url)] == ["web_login"]
    assert [one.name for one in of_web_login("")] == ["web_is_owner"]
    with pytest.raises(UserError, match="cannot be reached") as wrong:
        hold_to("postgresql://tangga_web:geheim@127.0.0.1:1/x")  # pragma: allowlist secret
    assert "geheim" not in str(wrong.value)


def test_a_process_is_given_one_login_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://owner@/x")
    monkeypatch.setenv("TANGGA_WEB_DATABASE_URL", "postgresql://web@/x")
    monkeypatch.setenv("TANGGA_BACKUP_URL", "postgresql://backup@/x")
    given = service_environment("postgresql://web@/x")
    logins = [value for value in given.values() if value.startswith("postgresql://")]
    assert logins == ["postgresql://web@/x"]


def test_pages_are_answered_under_that_login(web: Any) -> None:
    make_user("operator_desa", VILLAGE, username="of-the-pages")
    with psycopg.connect(web.superuser_url) as con:
        family = "SELECT family_id FROM r_1.family_index WHERE area = %s LIMIT 1"
        (found,) = con.execute(family, [VILLAGE]).fetchone() or ("",)
    client = Client()
    with as_pages():
        given = {"login": "of-the-pages", "password": PASSWORD}
        assert client.post("/masuk/", given).status_code == 302
        client.get("/saya/kode/")
        assert client.get("/saya/").status_code == 200
    logged_in = web.client("operator_desa", VILLAGE)
    with as_pages():
        for page in ("/", "/daftar/", "/cari/", "/kebijakan/", "/rilis/", "/unggah/", "/saya/"):
            assert logged_in.get(page).status_code == 200, page
        if found:
            assert logged_in.get(f"/keluarga/{found}/").status_code == 200


# --- Accounts -------------------------------------------------------------------------------------


def test_a_request_reads_one_hash_of_a_password_and_no_list_of_them(web: Any) -> None:
    me, other = web.user("operator_desa", VILLAGE), web.user("kepala_dinas", OTHER)
    with as_request(web, me) as con:
        for statement in ("SELECT password FROM accounts_user", "SELECT * FROM accounts_user"):
            with pytest.raises(Refused), con.transaction():
                con.execute(statement.encode())
        read = "SELECT accounts_password(%s)"
        assert con.execute(read, [me.pk]).fetchone()[0].startswith("sealed$")
        assert con.execute(read, [other.pk]).fetchone() == (None,)
        assert con.execute("SELECT count(accounts_password(id)) FROM accounts_user").fetchone() == (
            1,
        )
    with as_request(web) as con:
        assert con.execute(read, [me.pk]).fetchone() == (None,), "nobody, before who asks is known"


@pytest.mark.parametrize("column", ["username", "created_by_id", "id"])
def test_a_request_never_changes_who_an_account_is(web: Any, column: str) -> None:
    me = web.user("operator_desa", VILLAGE)
    with as_request(web, me) as con, pytest.raises(Refused):
        con.execute(f"UPDATE accounts_user SET {column} = {column}".encode())


def test_a_request_changes_its_own_account_and_those_that_it_manages(web: Any) -> None:
    mine, beside = web.user("operator_desa", VILLAGE), web.user("kepala_dinas", OTHER)
    nation = web.user("kemensos")
    admin = web.user("administrator", REGENCY)
    change = "UPDATE accounts_user SET is_active = is_active, password = '!' WHERE id = %s"
    for who, area, whom, expected in (
        (mine, None, mine, 1),
        (mine, None, beside, 0),
        (None, None, mine, 0),
        (admin, REGENCY, mine, 1),
        (admin, REGENCY, beside, 0),
        (admin, REGENCY, nation, 0),
        (web.user("administrator"), "", beside, 1),
    ):
        with as_request(web, who, area) as con:
            assert many(con, change, whom.pk) == expected, (who, whom)


def test_only_an_administrator_makes_an_account(web: Any) -> None:
    make = (
        "INSERT INTO accounts_user (password, username, name, email, is_active, "
        "must_change_password, created_at) VALUES ('!', 'made-by-sql', '', '', true, false, now())"
    )
    with as_request(web, web.user("operator_desa", VILLAGE)) as con, pytest.raises(Refused):
        con.execute(make)
    with as_request(web, web.user("administrator", REGENCY), REGENCY) as con:
        assert many(con, make) == 1


def test_the_second_factor_of_another_is_not_there(web: Any) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    mine = make_user("operator_desa", VILLAGE, username="with-a-telephone")
    beside = make_user("kepala_dinas", OTHER, username="with-another")
    for user in (mine, beside):
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    seen = "SELECT FROM mfa_authenticator WHERE user_id IN (%s, %s)"
    end = "DELETE FROM mfa_authenticator WHERE user_id IN (%s, %s)"
    both = (mine.pk, beside.pk)
    with as_request(web) as con:
        assert (many(con, seen, *both), many(con, end, *both)) == (0, 0)
    with as_request(web, mine) as con:
        assert many(con, seen, *both) == 1
        put = "INSERT INTO mfa_authenticator (user_id, type, data, created_at) "
        with pytest.raises(Refused):
            con.execute(put + "VALUES (%s, 'totp', '{}', now())", [beside.pk])
    with as_request(web, web.user("administrator", REGENCY), REGENCY) as con:
        assert many(con, end, *both) == 1


def test_no_session_can_be_listed_or_ended_without_its_key(web: Any) -> None:
    client = web.client("operator_desa", VILLAGE)
    key = client.cookies["sessionid"].value
    with as_request(web, web.user("operator_desa", VILLAGE)) as con:
        for statement in (
            "SELECT FROM django_session",
            "DELETE FROM django_session",
            "UPDATE django_session SET expire_date = now()",
        ):
            with pytest.raises(Refused), con.transaction():
                con.execute(statement.encode())
        read = "SELECT session_read(%s, now()) IS NOT NULL"
        assert con.execute(read, [key]).fetchone() == (True,)
        assert con.execute(read, ["another"]).fetchone() == (False,)


def test_a_session_goes_on_and_ends_as_before(web: Any) -> None:
    from django.contrib.sessions.backends.base import CreateError, UpdateError

    from tangga.web.accounts.sessions import SessionStore

    store = SessionStore()
    store["post"] = 7
    store.save()
    assert store.session_key is not None and store.exists(store.session_key)
    assert SessionStore(store.session_key)["post"] == 7
    with pytest.raises(CreateError):
        store.save(must_create=True)
    old = store.session_key
    store.cycle_key()
    assert SessionStore(store.session_key)["post"] == 7 and not store.exists(old)
    store.delete()
    assert SessionStore(store.session_key).load() == {}
    with pytest.raises(UpdateError):
        store.save()


def test_a_session_that_holds_no_more_leaves_the_transaction_to_nobody(
    web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password was changed elsewhere: who the session said it is, it is not."""
    from users import log_in

    from tangga.web.accounts.actions import reset_password
    from tangga.web.middleware import viewer

    user = make_user("operator_desa", VILLAGE, username="changed-elsewhere")
    client = Client()
    log_in(client, user)
    reset_password(user=user, by=None)
    said: list[Any] = []
    monkeypatch.setattr(viewer, "act_as", said.append)
    assert client.get("/saya/").status_code == 302
    assert said == [None]


def test_the_tokens_of_another_are_not_there(web: Any) -> None:
    from django.db import transaction
    from django.utils import timezone

    from tangga.web.api.models import Token
    from tangga.web.api.tokens import digest_of
    from tangga.web.viewer import posts_in_force

    mine, beside = (
        make_user(role, area, username=f"token-{area or 'nation'}")
        for role, area in (("operator_kabkota", REGENCY), ("operator_kabkota", OTHER))
    )
    for user in (mine, beside):
        with transaction.atomic():
            (post,) = posts_in_force(user.pk)
        Token.objects.create(
            user=user,
            post_id=post.id,
            name="x",
            prefix="tangga_x",
            digest=digest_of(user.username),
            scopes=["figures"],
            expires_at=timezone.now() + timedelta(days=1),
        )
    seen = "SELECT FROM api_token WHERE user_id IN (%s, %s)"
    end = "UPDATE api_token SET revoked_at = now() WHERE user_id IN (%s, %s)"
    both = (mine.pk, beside.pk)
    with as_request(web) as con:
        assert many(con, seen, *both) == 0
        owner = "SELECT api_token_owner(%s)"
        assert con.execute(owner, [digest_of(mine.username)]).fetchone() == (mine.pk,)
    with as_request(web, mine) as con:
        assert (many(con, seen, *both), many(con, end, *both)) == (1, 1)
    with as_request(web, web.user("administrator", REGENCY), REGENCY) as con:
        assert many(con, end, *both) == 1


# --- What the trail tells of a list ---------------------------------------------------------------


def test_a_list_on_the_screen_names_its_families_in_the_trail(web: Any) -> None:
    """Who saw a family's name is told, also of those who never opened its page."""
    page = web.client("kepala_dinas", REGENCY).get("/daftar/families/").content.decode()
    shown = set(re.findall(r'href="/keluarga/([A-Z0-9]+)/"', page))
    with psycopg.connect(web.superuser_url) as con:
        seen = "SELECT about FROM audit_events WHERE what = 'list_seen' ORDER BY id DESC LIMIT 1"
        about = con.execute(seen).fetchone()
    assert about is not None and shown and set(about[0]["families"]) == shown


# --- What follows from an act in another area -----------------------------------------------------


def test_the_wall_that_an_act_opened_stands_again_after_it(web: Any) -> None:
    """Left as it was entered, also by an error; with what was begun inside undone."""
    from django.db import DataError, connection, transaction

    from tangga.web.database import scope

    def seen() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM families")
            return int(cursor.fetchone()[0])

    with transaction.atomic():
        scope.close()
        scope.open_to(scope.Scope(VILLAGE))
        own = seen()
        with scope.beyond_the_area():
            assert seen() > own
        assert seen() == own
        with pytest.raises(ZeroDivisionError), scope.beyond_the_area():
            raise ZeroDivisionError
        assert seen() == own
        with (
            pytest.raises(DataError),
            scope.beyond_the_area(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT 1 / 0")
        assert seen() == own
        transaction.set_rollback(True)
