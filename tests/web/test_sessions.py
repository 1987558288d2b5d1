"""Sessions, second factors, throttles, passwords and cookies, claim by claim."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from users import PASSWORD, log_in, make_user

ROOT = Path(__file__).parents[2]
VILLAGE = "1811052001"
SECRET = "JBSWY3DPEHPK3PXP"  # pragma: allowlist secret
KEY = "sessionid"


def code_of(step: int = 0) -> str:
    """What the telephone shows now, or so many half minutes later."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + step))


def with_telephone(username: str, role: str = "operator_desa", area: str = VILLAGE) -> Any:
    """An account that has set up its second factor."""
    from allauth.mfa.totp.internal.auth import TOTP

    user = make_user(role, area, username=username)
    TOTP.activate(user, SECRET)
    return user


def give(client: Client, username: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/masuk/", {"login": username, "password": password}, **more)


def is_in(client: Client) -> bool:
    return bool(client.get("/saya/").status_code == 200)


def with_key(key: str) -> Client:
    """A browser that has nothing but the key of a session."""
    client = Client()
    client.cookies[KEY] = key
    return client


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """The clock of the machine goes on, for what is kept in the database for a while too."""
    from django.core.cache.backends import db

    real, kept = time.time, db.tz_now
    monkeypatch.setattr(time, "time", lambda: real() + seconds)
    monkeypatch.setattr(db, "tz_now", lambda: kept() + timedelta(seconds=seconds))


# --- Keys of sessions ----------------------------------------------------------------------------


def test_a_key_that_somebody_else_set_is_not_the_key_after_logging_in(web: Any) -> None:
    """Session fixation: neither a key that the service knows, nor one that it never made."""
    from django.contrib.sessions.backends.db import SessionStore

    user = with_telephone("fixed")
    known = SessionStore()
    known["left"] = "by a thief"
    known.save()
    for n, planted in enumerate((str(known.session_key), "k" * 32)):
        client = with_key(planted)
        give(client, user.username)
        assert client.post("/masuk/kode/", {"code": code_of(n)}).status_code == 302
        assert client.cookies[KEY].value != planted
        assert is_in(client) and not is_in(with_key(planted))


def test_each_step_of_logging_in_and_each_confirmation_has_a_key_of_its_own(
    web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, client = with_telephone("new-keys"), Client()
    give(client, user.username)
    first = client.cookies[KEY].value
    assert client.post("/masuk/kode/", {"code": code_of()}).status_code == 302
    second = client.cookies[KEY].value
    assert is_in(client)
    later(monkeypatch, 120)
    assert client.post("/saya/pastikan/kode/", {"code": code_of()}).status_code == 302
    third = client.cookies[KEY].value
    assert client.post("/saya/pastikan/", {"password": PASSWORD}).status_code == 302
    fourth = client.cookies[KEY].value
    assert len({first, second, third, fourth}) == 4
    assert not any(is_in(with_key(old)) for old in (first, second, third))
    assert is_in(with_key(fourth))


def test_keys_are_long_and_never_alike(web: Any) -> None:
    user, seen = make_user("kepala_desa", VILLAGE, username="many-keys"), set()
    for _ in range(20):
        client = Client()
        log_in(client, user)
        seen.add(client.cookies[KEY].value)
    assert len(seen) == 20 and all(re.fullmatch("[a-z0-9]{32}", key) for key in seen)


def test_logging_out_ends_the_session_in_the_service(web: Any) -> None:
    client = web.client("kepala_desa", VILLAGE)
    copied = with_key(client.cookies[KEY].value)
    assert is_in(client) and is_in(copied)
    left = client.post("/keluar/")
    assert left.status_code == 302 and "cache" in left["Clear-Site-Data"]
    assert not is_in(copied), "whoever has copied the cookie is out too"


def test_nobody_is_logged_out_by_a_link(web: Any) -> None:
    client = web.client("kepala_desa", VILLAGE)
    client.get("/keluar/")
    assert is_in(client)


# --- What an administrator ends ------------------------------------------------------------------


def test_a_lost_telephone_ends_the_sessions_that_may_be_open_on_it(web: Any) -> None:
    from tangga.web.accounts.actions import reset_second_factor

    user, client = with_telephone("lost-telephone"), Client()
    log_in(client, user)
    assert is_in(client)
    reset_second_factor(user=user, by=None)
    assert not is_in(client)
    again = Client()
    give(again, user.username, REMOTE_ADDR="203.0.113.6")
    assert again.get("/cari/").headers["Location"] == "/saya/kode/", "first of all anew"


def test_an_account_that_was_locked_and_opened_has_no_session_left(web: Any) -> None:
    from tangga.web.accounts.actions import set_active

    user, client = make_user("kepala_desa", VILLAGE, username="locked-and-opened"), Client()
    log_in(client, user)
    set_active(user=user, active=False, by=None)
    assert not is_in(client)
    set_active(user=user, active=True, by=None)
    assert not is_in(client)
    log_in(client, user)
    assert is_in(client)


@pytest.mark.parametrize(("does", "stays"), [("sandi", True), ("kode", False), ("kunci", True)])
def test_an_administrators_reset_ends_sessions_and_leaves_the_other_factor(
    web: Any, does: str, stays: bool
) -> None:
    from allauth.mfa.models import Authenticator

    user, theirs = with_telephone(f"reset-{does}"), Client()
    log_in(theirs, user)
    assert is_in(theirs)
    answer = web.client("administrator", "18").post(f"/akun/{user.pk}/", {"lakukan": does})
    assert answer.status_code in (200, 302)
    assert not is_in(theirs)
    assert Authenticator.objects.filter(user=user, type="totp").exists() is stays
    given = re.search(r"<code>([a-z-]+-\d{4})</code>", answer.content.decode())
    assert bool(given) is (does == "sandi"), "the service chooses the password, not who resets it"
    if given:
        client = Client()
        assert give(client, user.username, given[1]).headers["Location"] == "/masuk/kode/"
        assert not is_in(client), "a new password does not stand in for the telephone"


# --- The second factor ---------------------------------------------------------------------------


def test_a_code_of_the_telephone_is_good_once_for_as_long_as_it_holds(
    web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, client = with_telephone("overlooked"), Client()
    give(client, user.username)
    seen = code_of(+1)
    assert client.post("/masuk/kode/", {"code": seen}).status_code == 302
    for seconds in (0, 31, 44):
        later(monkeypatch, seconds)
        thief = Client()
        give(thief, user.username)
        for written in (seen, f"{seen[:3]} {seen[3:]}"):
            assert thief.post("/masuk/kode/", {"code": written}).status_code == 200
        assert not is_in(thief)


def test_the_code_that_set_it_up_is_used_as_well(web: Any) -> None:
    user, client = make_user("operator_desa", VILLAGE, username="first-code"), Client()
    give(client, user.username)
    text = client.get("/saya/kode/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]{16,})</code>", text)[1]
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    before = client.cookies[KEY].value
    assert client.post("/saya/kode/", {"code": code}).status_code == 302
    assert client.cookies[KEY].value != before
    thief = Client()
    give(thief, user.username)
    assert thief.post("/masuk/kode/", {"code": code}).status_code == 200


def test_codes_are_not_guessed(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six wrong ones: for a quarter of an hour the right one is refused as well, from anywhere."""
    user, client = with_telephone("guessed-codes"), Client()
    give(client, user.username)
    for n in range(6):
        client.post("/masuk/kode/", {"code": f"{n:06}"})
    other = Client()
    give(other, user.username, REMOTE_ADDR="203.0.113.9")
    assert other.post("/masuk/kode/", {"code": code_of()}).status_code == 200
    assert not is_in(other)
    later(monkeypatch, 16 * 60)
    again = Client()
    give(again, user.username)
    assert again.post("/masuk/kode/", {"code": code_of()}).status_code == 302
    assert is_in(again)


# --- Passwords -----------------------------------------------------------------------------------


def test_a_name_that_was_guessed_at_is_open_again_after_a_quarter_of_an_hour(
    web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_user("kepala_desa", VILLAGE, username="guessed-at")
    for _ in range(6):
        give(Client(), "guessed-at", "wrong")
    assert give(Client(), "guessed-at").status_code == 200
    later(monkeypatch, 14 * 60)
    assert give(Client(), "guessed-at").status_code == 200, "not yet"
    later(monkeypatch, 2 * 60)
    assert give(Client(), "guessed-at").status_code == 302


def test_getting_in_wipes_no_failures_away(web: Any) -> None:
    """Or who guesses would wait for the owner to log in, and go on."""
    make_user("kepala_desa", VILLAGE, username="clumsy")
    there = {"REMOTE_ADDR": "203.0.113.5"}
    for _ in range(5):
        assert give(Client(), "clumsy", "wrong", **there).status_code == 200
    assert give(Client(), "clumsy", **there).status_code == 302
    assert give(Client(), "clumsy", "wrong", **there).status_code == 200
    assert give(Client(), "clumsy", **there).status_code == 200


@pytest.mark.slow
def test_one_place_does_not_try_one_password_on_many_names(web: Any) -> None:
    """Credential stuffing: thirty failures a minute from one address, whatever the names."""
    make_user("kepala_desa", VILLAGE, username="one-of-many")
    for n in range(30):
        give(Client(), f"name-{n}", "Jakarta-2026-tangga", REMOTE_ADDR="203.0.113.77")
    there = give(Client(), "one-of-many", REMOTE_ADDR="203.0.113.77")
    assert there.status_code in (200, 429)
    assert give(Client(), "one-of-many", REMOTE_ADDR="203.0.113.78").status_code == 302


def test_confirming_is_limited_too(web: Any) -> None:
    client = web.client("kepala_dinas", "1811")
    tries = [
        client.post("/saya/pastikan/", {"password": f"wrong {n}"}).status_code for n in range(12)
    ]
    assert tries[0] == 200 and tries[-1] == 429


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("short-9-long", True),
        ("pendek-9", False),
        ("password1234", False),
        ("chooses-own-1", False),
        ("s" * 30 + " dengan spasi, ñ dan 界", True),
        ("p" * 64 + "!Q", True),
    ],
)
def test_which_passwords_are_taken(web: Any, password: str, taken: bool) -> None:
    """Twelve signs, of any kind, as long as one likes; no common one, and not one's own name."""
    name = f"chooses-own-{abs(hash(password)) % 10**6}"
    user, client = make_user("kepala_desa", VILLAGE, username=name), Client()
    log_in(client, user)
    wanted = name if password == "chooses-own-1" else password  # pragma: allowlist secret
    sent = {"oldpassword": PASSWORD, "password1": wanted, "password2": wanted}
    wrong = {**sent, "oldpassword": "not the old one"}  # pragma: allowlist secret
    assert client.post("/saya/sandi/", wrong).status_code == 200
    assert (client.post("/saya/sandi/", sent).status_code == 302) is taken
    if taken:
        assert give(Client(), name, wanted).status_code == 302
        assert give(Client(), name, wanted.swapcase()).status_code == 200, "as it was typed"
        assert give(Client(), name, wanted[:-1]).status_code == 200, "and all of it"


def test_fields_of_passwords_are_masked_and_can_be_filled_in_by_a_manager(web: Any) -> None:
    pages = [Client().get("/masuk/"), web.client("kepala_desa", VILLAGE).get("/saya/sandi/")]
    for answer in pages:
        fields = re.findall(r"<input[^>]*name=\"\w*password\w*\"[^>]*>", answer.content.decode())
        assert fields
        for field in fields:
            assert 'type="password"' in field and "autocomplete=" in field
            assert 'autocomplete="off"' not in field and "onpaste" not in field


# --- Cookies -------------------------------------------------------------------------------------

ASKED = """
SESSION_COOKIE_NAME SESSION_COOKIE_SECURE SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SAMESITE
SESSION_COOKIE_DOMAIN SESSION_COOKIE_PATH CSRF_COOKIE_NAME CSRF_COOKIE_SECURE
CSRF_COOKIE_HTTPONLY CSRF_COOKIE_SAMESITE CSRF_COOKIE_DOMAIN CSRF_COOKIE_PATH
LANGUAGE_COOKIE_NAME LANGUAGE_COOKIE_SECURE DEVICE_COOKIE_NAME
SECURE_HSTS_SECONDS SECURE_SSL_REDIRECT
SECURE_PROXY_SSL_HEADER DEBUG SESSION_EXPIRE_AT_BROWSER_CLOSE
"""


def settings_with(**other: str) -> dict[str, Any]:
    """Settings of a service with another environment, read by a process of its own."""
    told = (
        f"print(__import__('json').dumps({{n: getattr(settings, n) for n in {ASKED.split()!r}}}))"
    )
    script = f"import django; django.setup()\nfrom django.conf import settings\n{told}"
    plain = {k: v for k, v in os.environ.items() if k != "TANGGA_INSECURE_HTTP"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=plain | other, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_over_tls_each_cookie_is_of_this_host_alone_and_hsts_holds_for_a_year() -> None:
    said = settings_with()
    assert said["DEVICE_COOKIE_NAME"].startswith("__Host-")
    for kind in ("SESSION", "CSRF", "LANGUAGE"):
        assert said[f"{kind}_COOKIE_NAME"].startswith("__Host-")
        assert said[f"{kind}_COOKIE_SECURE"] is True
    for kind in ("SESSION", "CSRF"):
        assert said[f"{kind}_COOKIE_HTTPONLY"] is True
        assert said[f"{kind}_COOKIE_SAMESITE"] == "Lax"
        assert said[f"{kind}_COOKIE_PATH"] == "/" and said[f"{kind}_COOKIE_DOMAIN"] is None
    assert said["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert said["SECURE_SSL_REDIRECT"] is True and said["SECURE_PROXY_SSL_HEADER"] is None
    assert said["SESSION_EXPIRE_AT_BROWSER_CLOSE"] is True and said["DEBUG"] is False


def test_who_a_proxy_says_asks_counts_only_where_there_is_one() -> None:
    behind = settings_with(TANGGA_BEHIND_PROXY="yes")
    assert behind["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert behind["SECURE_SSL_REDIRECT"] is False and behind["SESSION_COOKIE_SECURE"] is True


def test_the_cookies_as_a_browser_gets_them(web: Any) -> None:
    """Each that the service ever sets, with the settings of TLS."""
    user = with_telephone("with-cookies")
    tls = {
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "LANGUAGE_COOKIE_SECURE": True,
        "LANGUAGE_COOKIE_NAME": "__Host-bahasa",
        "DEVICE_COOKIE_NAME": "__Host-perangkat",
    }
    with override_settings(**tls):
        client, seen = Client(), SimpleCookie()
        client.get("/masuk/", secure=True)
        give(client, user.username, secure=True)
        client.post("/masuk/kode/", {"code": code_of()}, secure=True)
        client.post("/bahasa/", {"bahasa": "en"}, secure=True)
        client.get("/saya/", secure=True)
        seen.update(client.cookies)
    names = ("sessionid", "csrftoken", "bahasa", "perangkat")
    assert {f"__Host-{name}" for name in names} <= set(seen)
    for name, one in seen.items():
        assert name.startswith("__Host-") or name == "messages", name
        assert one["secure"] and one["httponly"] and one["samesite"] == "Lax", name
        assert one["path"] == "/" and not one["domain"], name
        assert len(name) + len(one.value) < 4096


def test_no_key_stands_in_an_address_or_on_a_page(web: Any) -> None:
    client = web.client("kepala_dinas", "1811")
    key = client.cookies[KEY].value
    for path in ("/", "/saya/", "/cari/", "/daftar/", "/tugas/"):
        assert key not in client.get(path).content.decode()
    bare = Client()
    assert bare.get(f"/saya/?{KEY}={key}").status_code == 302, "a key in the address opens nothing"
