"""Words of the office count for nothing in a password: what remains without them must be enough."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from users import PASSWORD, log_in, make_user

VILLAGE = "1811052001"
"""Simpang Pematang, in Kabupaten Mesuji of Lampung."""


def taken(username: str, password: str) -> bool:
    """Whether an account of that village may choose it, on the page where one does."""
    client = Client()
    log_in(client, make_user("kepala_desa", VILLAGE, username=username))
    sent = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    answer = client.post("/saya/sandi/", sent)
    assert answer.status_code == 302 or "harus tersisa 8 huruf" in answer.content.decode()
    return bool(answer.status_code == 302)


@pytest.mark.parametrize(
    ("password", "may"),
    [
        ("Program-Keluarga-Harapan-2026", False),
        ("ProgramKeluargaHarapan", False),
        ("Sembako-sembako-99!", False),
        ("Kemensos-Bansos-2026", False),
        ("D1nasS0sial-2026-!!", False),
        ("Mesuji-Lampung-2026", False),
        ("Kabupaten Mesuji 123", False),
        ("kepala-desa-2026-1", False),
        ("SimpangPematang2026", False),
        ("Wirasaba-Wirasaba", True),
        ("Tangga-Tangga-Tangga-1", False),
        ("anggrek di tepi sungai", True),
        ("Mesuji-anggrek-sungai", True),
        ("!?*-+=%&/()[]{}", True),
    ],
)
def test_what_remains_without_words_of_the_office_counts(
    web: Any, password: str, may: bool
) -> None:
    assert taken(f"word-{abs(hash(password)) % 10**8}", password) is may


def test_the_name_of_a_village_counts_against_those_who_work_there() -> None:
    """And against nobody else: villages bear the commonest words of the language."""
    from tangga.web.accounts.words import WordsOfTheOffice

    WordsOfTheOffice().validate("SimpangPematang2026")


def test_each_word_is_refused_by_itself_and_told_in_both_languages() -> None:
    from django.core.exceptions import ValidationError
    from django.utils import translation

    from tangga.web.accounts.words import WordsOfTheOffice, _of_the_pack

    words = _of_the_pack()
    assert len(words) > 550 and {"pkh", "mesuji", "dinassosial", "bupati"} <= words
    for word in words:
        with pytest.raises(ValidationError):
            WordsOfTheOffice().validate(f"{word}-26")
    with translation.override("en"):
        assert "8 letters or digits" in WordsOfTheOffice().get_help_text()
