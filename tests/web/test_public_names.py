"""The name of who asks: the same with titles, capitals and one slip, and of nobody else."""

from __future__ import annotations

import pytest

from tangga.web.public.names import is_same_name


@pytest.mark.parametrize(
    ("typed", "recorded"),
    [
        ("Siti Aminah", "SITI AMINAH"),
        ("siti  aminah ", "Siti Aminah"),
        ("Hj. Siti Aminah, S.Pd", "Siti Aminah"),
        ("Muh. Yusuf", "Muhammad Yusuf"),
        ("M Yusuf", "Mohamad Yusuf"),
        ("St Aminah", "Siti Aminah"),
        ("Nur Hayati", "Nurhayati"),
        ("Sulastri", "Sulstri"),
        ("Sulastri", "Sulatsri"),
        ("Ahmad bin Saleh", "Achmad Saleh"),
        ("Ma'ruf Amin", "Maruf Amin"),
    ],
)
def test_the_same_person(typed: str, recorded: str) -> None:
    assert is_same_name(typed, recorded)
    assert is_same_name(recorded, typed)


@pytest.mark.parametrize(
    ("typed", "recorded"),
    [
        ("Siti", "Siti Aminah"),
        ("Aminah Siti", "Siti Aminah"),
        ("Siti Aminah", "Siti Aminih Wati"),
        ("Budi", "Rudi"),
        ("Sari", "Sri"),
        ("Sulastri", "Sulistra"),
        ("", "Siti"),
        ("...", "Siti"),
        ("Haji", "Siti"),
        ("S", "Siti"),
    ],
)
def test_somebody_else(typed: str, recorded: str) -> None:
    assert not is_same_name(typed, recorded)


def test_a_title_alone_is_a_name() -> None:
    """People are called so."""
    assert is_same_name("Haji", "haji")
