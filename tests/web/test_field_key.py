"""A service that was given another key than its database was sealed with says so at once."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path
from typing import Any

import pytest

from tangga.errors import UserError
from tangga.web.backup.files import Places
from tangga.web.backup.restore import restore
from tangga.web.backup.write import write
from tangga.web.checks.field_key import of_field_key
from tangga.web.environ import Environment
from tangga.web.register.field_key import hold_backup_to, hold_to, known
from tangga.web.secrets import Secrets


def a_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def test_a_fingerprint_tells_keys_apart_and_tells_nothing_else() -> None:
    one, other = a_key(), a_key()
    assert Secrets.of(one).fingerprints == Secrets.of(one).fingerprints
    assert Secrets.of(one).fingerprints != Secrets.of(other).fingerprints
    assert Secrets.of(one, [other]).fingerprints[1:] == Secrets.of(other).fingerprints
    assert base64.b64decode(one).hex() not in Secrets.of(one).fingerprints[0]


def test_a_strangers_key_is_refused_and_a_new_one_needs_the_old(fresh_web: Any) -> None:
    first, second, stranger = a_key(), a_key(), a_key()
    with fresh_web.owner() as con:
        con.execute("DELETE FROM public.register_field_keys")
    hold_to(Secrets.of(first))
    hold_to(Secrets.of(first))
    with pytest.raises(UserError, match="not the key that sealed this database"):
        hold_to(Secrets.of(stranger))
    with pytest.raises(UserError):
        hold_to(Secrets.of(second))
    assert known() == Secrets.of(first).fingerprints
    hold_to(Secrets.of(second, [first]))
    hold_to(Secrets.of(second))
    assert set(known()) == {*Secrets.of(first).fingerprints, *Secrets.of(second).fingerprints}


def test_the_check_tells_of_a_wrong_key(fresh_web: Any) -> None:
    def told(key: str, *old: str) -> list[str]:
        env = Environment(secret_key="", field_key=key, database_url="", old_field_keys=old)
        return [one.name for one in of_field_key(env)]

    right = a_key()
    with fresh_web.owner() as con:
        con.execute("DELETE FROM public.register_field_keys")
        con.execute("UPDATE public.register_releases SET field_key = ''")
    assert told(right) == [], "a database in which nothing was sealed yet"
    hold_to(Secrets.of(right))
    assert (told(right), told(a_key(), right)) == ([], [])
    assert told(a_key()) == ["wrong_field_key"]


def test_a_release_of_a_key_that_is_gone_does_not_come_into_force_again(fresh_web: Any) -> None:
    """Its numbers could not be read; told before, and by the check where it is in force already."""
    import psycopg

    old, new = a_key(), a_key()

    def told(*keys: str) -> list[str]:
        env = Environment("", keys[0], "", old_field_keys=keys[1:])
        return [one.name for one in of_field_key(env)]

    with fresh_web.owner() as con:
        con.execute("DELETE FROM public.register_field_keys")
        con.execute(
            "UPDATE public.register_releases SET field_key = %s", [Secrets.of(old).fingerprints[0]]
        )
    hold_to(Secrets.of(old))
    hold_to(Secrets.of(new, [old]))
    assert told(new, old) == []
    assert told(new) == ["release_of_old_key"]
    again = "SELECT public.register_must_be_readable(number) FROM public.register_current"
    with fresh_web.owner() as con:
        con.execute(again)
    hold_to(Secrets.of(new))
    with fresh_web.owner() as con, pytest.raises(psycopg.Error, match="no longer given") as wrong:
        con.execute(again)
    assert wrong.value.sqlstate == "TG001"
    assert "TANGGA_FIELD_KEYS_OLD" in str(wrong.value.diag.message_hint)


def test_the_role_of_requests_knows_no_fingerprint(web: Any) -> None:
    import psycopg

    with web.owner() as con, pytest.raises(psycopg.errors.InsufficientPrivilege):
        con.execute("SET LOCAL ROLE tangga_app")
        con.execute("SELECT FROM public.register_field_keys")


def test_a_backup_of_another_key_is_not_restored() -> None:
    mine = Secrets.of(a_key())
    hold_backup_to(mine, None)  # of a version that did not say it
    hold_backup_to(mine, mine.now.fingerprint)
    with pytest.raises(UserError, match="sealed with another TANGGA_FIELD_KEY"):
        hold_backup_to(mine, Secrets.of(a_key()).now.fingerprint)


@pytest.mark.slow
def test_a_backup_says_by_which_key_and_is_refused_before_anything_is_written(
    web: Any, tmp_path: Path
) -> None:
    (tmp_path / "var").mkdir()
    done = write(Places(web.superuser_url, tmp_path / "var"), tmp_path / "backups")
    told = json.loads((done.folder / "manifest.json").read_text())
    assert told["field_key"] == Secrets.of(_ours()).now.fingerprint
    told["field_key"] = Secrets.of(a_key()).now.fingerprint
    with pytest.raises(UserError, match="another TANGGA_FIELD_KEY"):
        restore(
            type(done)(done.folder, done.made, told),
            "postgresql://nobody@/none",
            var=tmp_path / "new",
            workspace=None,
        )
    assert not (tmp_path / "new").exists()


def _ours() -> str:
    import os

    return os.environ["TANGGA_FIELD_KEY"]
