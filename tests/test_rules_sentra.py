"""Which Sentra serves an area: the one that has it in its charge, on that day."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from small_policy import SENTRA, write_pack
from tangga.errors import BadPack
from tangga.registry import load_pack
from tangga.rules.load import load_policy
from tangga.rules.sentra import Sentras


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The folder of a small pack."""
    return write_pack(tmp_path / "pack")


def sentras_of(pack: Path) -> Sentras:
    """Its Sentras."""
    return load_policy(load_pack(pack)).sentras


@pytest.mark.parametrize(
    ("area", "on", "expected"),
    [
        ("1811052001", date(2024, 12, 31), "bira"),
        ("1811052001", date(2025, 1, 1), "dara"),
        ("1811", date(2025, 1, 1), "dara"),
        ("1802052001", date(2025, 1, 1), "alba"),
        ("18", date(2025, 1, 1), "alba"),
        ("1", date(2025, 1, 1), None),
        ("1771", date(2025, 1, 1), None),
        ("1811", date(2019, 12, 31), None),
    ],
)
def test_the_narrowest_area_that_includes_it(
    pack: Path, area: str, on: date, expected: str | None
) -> None:
    found = sentras_of(pack).sentra_for(area, on)
    assert (found.id if found else None) == expected


def test_what_a_row_says(pack: Path) -> None:
    alba, bira, dara = sentras_of(pack).rows
    assert (alba.name, alba.services) == ("Sentra Alba", {"therapy", "training"})
    assert (bira.services, bira.question) == (None, "Which services?")
    assert (dara.valid_to, dara.source, dara.place.line) == (None, "A page", 4)


MISTAKES = [
    ("sentra,name", "Sentra,name", 1, "the header is not sentra,name,area"),
    ("alba,Sentra", "Alba,Sentra", 2, "'Alba': names are lower-case"),
    ("Sentra Alba", "", 2, "name is missing"),
    (",,A page,\nbira", ",,,\nbira", 2, "source is missing"),
    (",18,", ",18.11,", 2, "'18.11' is no code of an area without dots"),
    (",18,", ",181,", 2, "'181' is no code of an area"),
    ("therapy;training", "therapy;cooking", 2, "no service 'cooking'"),
    ("training,2020-01-01", "training,1 Jan 2020", 2, "valid_from '1 Jan 2020' is no day such as"),
    (
        "2025-01-01,A page,Which",
        "2020-01-01,A page,Which",
        3,
        "valid_to '2020-01-01' is no day after",
    ),
    ("2025-01-01,A page,Which", "later,A page,Which", 3, "valid_to 'later' is no day after"),
    ("2025-01-01,A page,Which", ",A page,Which", 4, "area 1811 is served by 'bira' in the same"),
    ("Which services?", "Which, services?", 3, "more cells than headings"),
    ("therapy,2025-01-01,,A page,", "therapy", 4, "valid_from '' is no day"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), MISTAKES)
def test_a_mistake_is_named_with_its_line(
    pack: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in SENTRA
    (pack / "policy" / "sentra.csv").write_text(SENTRA.replace(old, new, 1))
    with pytest.raises(BadPack) as raised:
        sentras_of(pack)
    assert f"policy/sentra.csv, line {line}: {words}" in str(raised.value)


def test_services_need_their_code_list(pack: Path) -> None:
    (pack / "schema" / "codes" / "need.csv").unlink()
    with pytest.raises(BadPack, match="no service 'therapy'"):
        sentras_of(pack)


def test_an_area_that_the_pack_does_not_have(pack: Path) -> None:
    """Looked up where cases are run; a pack without areas knows none."""
    rows = ["code,name,level,parent,edition", "18,Lampung,province,,1", "1811,Mesuji,regency,18,1"]
    load_policy(load_pack(pack), cases=True)
    (pack / "areas").mkdir()
    file = pack / "areas" / "own.csv.gz"
    file.write_bytes(gzip.compress("\n".join(rows).encode()))
    load_policy(load_pack(pack), cases=True)
    file.write_bytes(gzip.compress("\n".join(rows[:2]).encode()))
    assert load_policy(load_pack(pack)).sentras.rows
    with pytest.raises(BadPack, match=r"sentra.csv, line 3: no area 1811 in the pack"):
        load_policy(load_pack(pack), cases=True)
