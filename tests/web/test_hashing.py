"""Hashes of passwords are sealed, old ones are taken over, and a new key takes all of it along."""

from __future__ import annotations

import base64
import os
import secrets as random
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.test import Client
from users import PASSWORD, make_user

from tangga.web import secrets
from tangga.web.accounts.hashing import closed, opened
from tangga.web.accounts.resealing import reseal

VILLAGE = "1811052001"


@pytest.fixture
def another_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A call that gives the service a new key; the argument says whether it keeps the old one."""

    def change(keep: bool = True) -> None:
        old = os.environ["TANGGA_FIELD_KEY"] if keep else ""
        new = base64.b64encode(random.token_bytes(32)).decode()
        monkeypatch.setenv("TANGGA_FIELD_KEYS_OLD", old)
        monkeypatch.setenv("TANGGA_FIELD_KEY", new)
        secrets.of_the_service.cache_clear()

    yield change
    monkeypatch.undo()
    secrets.of_the_service.cache_clear()


def test_a_sealed_hash_is_that_of_scrypt_and_shows_nothing_of_it() -> None:
    made = make_password(PASSWORD)
    assert made.startswith("sealed$") and len(made) <= 255
    assert opened(made).startswith("scrypt$")
    assert opened(made).rpartition("$")[2] not in made
    assert check_password(PASSWORD, made) and not check_password(PASSWORD + "x", made)
    assert made != closed(opened(made))


@pytest.mark.parametrize("broken", ["sealed$", "sealed$x", "sealed$AAAA", "sealed$" + "A" * 80])
def test_what_no_key_opens_is_no_password(broken: str) -> None:
    assert not check_password(PASSWORD, broken)


def test_a_hash_of_before_is_sealed_at_the_next_login(web: Any) -> None:
    user = make_user("operator_desa", VILLAGE, username="of-before")
    plain = "UPDATE accounts_user SET password = %s WHERE id = %s"
    with web.owner() as con:
        con.execute(plain, [opened(make_password(PASSWORD)), user.pk])
    given = {"login": "of-before", "password": PASSWORD}
    assert Client().post("/masuk/", given).status_code == 302
    with web.owner() as con:
        read = "SELECT password FROM accounts_user WHERE id = %s"
        assert str(con.execute(read, [user.pk]).fetchone()[0]).startswith("sealed$")
    assert Client().post("/masuk/", given).status_code == 302


def test_a_new_key_takes_passwords_and_telephones_along(fresh_web: Any, another_key: Any) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP

    user = make_user("operator_desa", VILLAGE, username="goes-along")
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(user).get_unused_codes()
    another_key()
    assert reseal() >= 3
    secrets.of_the_service.cache_clear()
    os.environ["TANGGA_FIELD_KEYS_OLD"] = ""
    given = {"login": "goes-along", "password": PASSWORD}
    client = Client()
    assert client.post("/masuk/", given).headers["Location"] == "/masuk/kode/"
    kept = Authenticator.objects.get(user=user, type="totp")
    from tangga.web.accounts.adapters import SecondFactor

    assert SecondFactor().decrypt(kept.data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert client.post("/masuk/kode/", {"code": codes[0]}).status_code == 302


def test_without_the_old_key_nothing_is_changed(fresh_web: Any, another_key: Any) -> None:
    make_user("operator_desa", VILLAGE, username="stays")
    read = "SELECT password FROM accounts_user WHERE username = 'stays'"
    with fresh_web.owner() as con:
        before = con.execute(read).fetchone()
    another_key(keep=False)
    with pytest.raises(secrets.Unreadable):
        reseal()
    with fresh_web.owner() as con:
        assert con.execute(read).fetchone() == before
    wrong = Client().post("/masuk/", {"login": "stays", "password": PASSWORD})
    assert wrong.status_code == 200, "told as a wrong password, not as an error"
