"""Whose name stands beside what the command line did: an account that may, and who sat there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from users import make_user

from tangga.cli.web import who
from tangga.errors import UserError


@pytest.fixture(autouse=True)
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "wati")


def test_without_a_name_it_is_the_account_of_the_machine(web: Any) -> None:
    assert who(None, "approve_release") == "wati (server)"


def test_an_account_that_may_do_it_is_named_with_who_sat_there(web: Any) -> None:
    make_user("kemensos", "", username="budi.k")
    for typed in ("budi.k", " Budi.K "):
        assert who(typed, "approve_release") == "budi.k (server: wati)"


def test_any_other_name_is_refused(web: Any) -> None:
    from tangga.web.accounts.actions import set_active

    today = timezone.localdate()
    make_user("operator_desa", "1811052001", username="without-the-verb")
    make_user("dinas_provinsi", "18", username="too-narrow")
    make_user(
        "kemensos",
        "",
        username="no-more",
        valid_from=today - timedelta(days=9),
        valid_to=today - timedelta(days=1),
    )
    set_active(user=make_user("kemensos", "", username="locked.k"), active=False, by=None)
    for name in ("nobody-at-all", "without-the-verb", "too-narrow", "no-more", "locked.k", ""):
        with pytest.raises(UserError, match="no account of this name may do this"):
            who(name, "approve_release")


def test_the_same_person_on_page_and_command_line_is_one(web: Any) -> None:
    """What stands in brackets does not make two people of one."""
    with web.owner() as con:
        same = "SELECT register_plain_name(%s) = register_plain_name(%s)"
        assert con.execute(same, ["Budi.K", "budi.k (server: wati)"]).fetchone() == (True,)
        assert con.execute(same, ["budi.k", "budi.l (server: wati)"]).fetchone() == (False,)
