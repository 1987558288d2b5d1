"""National numbers are sealed, found by a blind index, and opened by old keys after a change."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.errors import UserError
from tangga.web.secrets import Secrets, Unreadable, digits

ONE, TWO = (base64.b64encode(bytes([at]) * 32).decode() for at in (1, 2))
SECRETS = Secrets.of(ONE)
NUMBER = "1811052502130001"


@given(st.text())
def test_sealed_and_opened(text: str) -> None:
    sealed = SECRETS.seal(text)
    assert SECRETS.unseal(sealed) == text
    assert SECRETS.seal(text) != sealed
    assert len(text) < 4 or text.encode() not in sealed


def test_many_at_once_keep_their_places() -> None:
    given = [NUMBER, None, "", NUMBER]
    assert SECRETS.unseal_all(SECRETS.seal_all(given)) == given
    assert SECRETS.blind_all(given)[1] is None
    assert SECRETS.blind_all(given)[0] == SECRETS.blind_all(given)[3]


def test_the_blind_index_is_a_keyed_hash_of_the_digits() -> None:
    whole = hmac.new(SECRETS.now.blind, NUMBER.encode(), hashlib.sha256).digest()
    assert SECRETS.blind(NUMBER) == whole[:16]
    assert SECRETS.blind("1811 0525.0213-0001") == SECRETS.blind(NUMBER)
    assert SECRETS.blind("tanpa angka") != SECRETS.blind("tanpa")
    assert Secrets.of(TWO).blind(NUMBER) != SECRETS.blind(NUMBER)


def test_a_stand_in_is_the_same_each_time() -> None:
    stood = SECRETS.stand_in(NUMBER)
    assert stood == SECRETS.stand_in(NUMBER)
    assert NUMBER not in stood
    assert SECRETS.stood_for(stood) == NUMBER
    assert SECRETS.stood_for("ID0000000001") == "ID0000000001"
    assert SECRETS.stood_for("=?") == "=?"


def test_a_new_key_reads_what_the_old_one_sealed() -> None:
    later = Secrets.of(TWO, [ONE])
    assert later.unseal(SECRETS.seal(NUMBER)) == NUMBER
    assert later.stood_for(SECRETS.stand_in(NUMBER)) == NUMBER
    assert SECRETS.blind(NUMBER) in later.blinds(NUMBER)
    assert later.seal(NUMBER)[:1] == later.now.mark != SECRETS.now.mark


def test_what_no_key_opens_is_told_without_it() -> None:
    sealed = SECRETS.seal(NUMBER)
    for broken in (sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), b"", b"x"):
        with pytest.raises(Unreadable) as error:
            SECRETS.unseal(broken)
        assert NUMBER not in str(error.value)
    with pytest.raises(Unreadable):
        Secrets.of(TWO).unseal(sealed)
    with pytest.raises(Unreadable):
        Secrets.of(TWO).stood_for(SECRETS.stand_in(NUMBER))


@pytest.mark.parametrize("key", ["", "short", "not base64!", base64.b64encode(b"x" * 31).decode()])
def test_a_key_that_is_none(key: str) -> None:
    with pytest.raises(UserError) as error:
        Secrets.of(key)
    assert not key or key not in str(error.value)


def test_digits() -> None:
    assert digits("18.11-05 25") == "18110525"
    assert digits("abc") == "abc"
