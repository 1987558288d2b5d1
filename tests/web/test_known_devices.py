"""Wrong passwords from elsewhere keep nobody out where they have logged in before."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from test_sessions import give, is_in
from users import make_user

VILLAGE = "1811052001"
HERE, ELSEWHERE = {"REMOTE_ADDR": "203.0.113.21"}, {"REMOTE_ADDR": "203.0.113.22"}


def known(username: str) -> Client:
    """A browser at which the account has logged in, and out again."""
    make_user("kepala_desa", VILLAGE, username=username)
    client = Client()
    assert give(client, username, **HERE).status_code == 302 and is_in(client)
    client.post("/keluar/")
    assert not is_in(client)
    return client


def guess(client: Client, username: str, **where: Any) -> None:
    """As many wrong passwords as a name is given, and one more."""
    for n in range(7):
        assert give(client, username, f"wrong {n}", **where).status_code == 200


def test_who_is_guessed_at_from_elsewhere_gets_in_where_they_always_do(web: Any) -> None:
    client = known("not-locked-out")
    guess(Client(), "not-locked-out", **ELSEWHERE)
    assert give(Client(), "not-locked-out", **HERE).status_code == 200, "a browser not known yet"
    assert give(client, "Not-Locked-Out", **HERE).status_code == 302 and is_in(client)


def test_at_a_known_browser_one_guesses_no_longer_than_elsewhere(web: Any) -> None:
    client = known("guessed-at-home")
    guess(client, "guessed-at-home", **HERE)
    assert give(client, "guessed-at-home", **HERE).status_code == 200
    assert give(Client(), "guessed-at-home", **ELSEWHERE).status_code == 302


def test_a_cookie_of_another_account_or_of_nobody_helps_nobody(web: Any) -> None:
    client, thief = known("kept-out"), known("with-a-cookie-of-their-own")
    guess(thief, "kept-out", **ELSEWHERE)
    assert give(thief, "kept-out", **ELSEWHERE).status_code == 200
    name = settings.DEVICE_COOKIE_NAME
    value = client.cookies[name].value
    assert "kept-out" not in value
    for forged in ("", "x", value[:-1] + ("A" if value[-1] != "A" else "B"), "é"):
        other = Client()
        other.cookies[name] = forged
        assert give(other, "kept-out", **ELSEWHERE).status_code == 200, forged


@pytest.mark.slow
def test_colleagues_who_share_a_computer_are_each_known_there(web: Any) -> None:
    from tangga.web.accounts.known_devices import MOST

    client = known("shares-0")
    for n in range(1, MOST + 1):
        make_user("kepala_desa", VILLAGE, username=f"shares-{n}")
        assert give(client, f"shares-{n}", REMOTE_ADDR=f"203.0.113.{n}").status_code == 302
        client.post("/keluar/")
    for name, status in ((f"shares-{MOST}", 302), ("shares-1", 302), ("shares-0", 200)):
        guess(Client(), name, REMOTE_ADDR="203.0.113.99")
        assert give(client, name, **HERE).status_code == status, name
        client.post("/keluar/")
        cache.clear()


@pytest.fixture(autouse=True)
def _no_failures(web: Any) -> None:
    """Of one test none is left for the next."""
    cache.clear()
