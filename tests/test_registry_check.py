"""One record against its table, and what each audience sees of a value."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.registry import AUDIENCE_LABELS, PRIVACY_LABELS, Column, check_record, load_pack, mask
from tangga.registry.privacy import SIGHT, masked

PACK = load_pack("indonesia")
DAY = date(2026, 1, 31)

# (table, record, problems as field:problem)
RECORDS = [
    ("person", {}, ""),
    ("person", {"name": "IT", "sex": "male", "birth_date": date(1980, 2, 29)}, ""),
    ("person", {"name": "NA70", "nik": None, "kk": None}, ""),
    ("person", {"sex": "Laki-laki"}, "sex:unknown_code"),
    ("person", {"sex": 1}, "sex:wrong_type"),
    ("person", {"nama": "Sari"}, "nama:unknown_field"),
    ("person", {"nik": "3.2E+15"}, "nik:broken_number"),
    ("person", {"nik": "1771014107800001\n"}, "nik:broken_number"),
    ("person", {"birth_date": date(2026, 2, 1)}, "birth_date:future_date"),
    ("person", {"birth_date": DAY}, ""),
    ("person", {"birth_date": date(1894, 12, 31)}, "birth_date:below_minimum"),
    ("person", {"birth_date": datetime(1980, 1, 1)}, "birth_date:wrong_type"),
    ("person", {"birth_month": 13}, "birth_month:above_maximum"),
    ("person", {"birth_month": True}, "birth_month:wrong_type"),
    ("person", {"village": "17.71.01"}, "village:broken_area"),
    ("person", {"village": "1811"}, ""),
    ("person", {"village": "18110"}, "village:broken_area"),
    ("person", {"name": "x" * 201}, "name:too_long"),
    ("person", {"birth_date": date(2000, 1, 2), "death_date": date(2000, 1, 1)},
     "death_date:ends_before_start"),
    ("person", {"birth_date": DAY, "death_date": DAY}, ""),
    ("family", {"floor_area": Decimal("36.5")}, ""),
    ("family", {"floor_area": Decimal("36.5001")}, "floor_area:wrong_type"),
    ("family", {"floor_area": Decimal("NaN")}, "floor_area:wrong_type"),
    ("family", {"floor_area": 36.5}, "floor_area:wrong_type"),
    ("family", {"position": "-3.80, 102.26"}, ""),
    ("family", {"position": "here"}, "position:broken_text"),
    ("family", {"cattle": 2**31}, "cattle:wrong_type"),
    ("payment", {"programme": "pkh", "amount": 750_000}, ""),
    ("payment", {"amount": 750_000}, "programme:missing"),
    ("payment", {"programme": "pkh", "amount": -1}, "amount:below_minimum"),
    ("payment", {"programme": "pkh", "amount": 2**63}, "amount:wrong_type"),
    ("enrolment", {"programme": "pkh", "valid_from": DAY, "valid_to": DAY},
     "valid_to:ends_before_start"),
    ("ranking", {"decile": None, "rank_state": "not_ranked"}, ""),
    ("ranking", {"decile": 0}, "decile:below_minimum"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "record", "problems"), RECORDS)
def test_records(table: str, record: dict[str, object], problems: str) -> None:
    """What is wrong, and that odd but possible things are not."""
    found = check_record(PACK.tables[table], record, as_of=DAY)
    assert " ".join(f"{p.field}:{p.problem}" for p in found) == problems


def test_without_a_day_no_date_is_too_late() -> None:
    """The day is the caller's to know."""
    assert check_record(PACK.tables["person"], {"birth_date": date(2999, 1, 1)}) == []


def test_an_unknown_field_is_told_without_its_value() -> None:
    """It has no privacy class, so its value goes nowhere."""
    (problem,) = check_record(PACK.tables["person"], {"secret": "x"})
    assert problem.value is None


def column(table: str, name: str) -> Column:
    """A column of the Indonesian pack."""
    return PACK.tables[table].columns[name]


@pytest.mark.parametrize(
    ("table", "name", "value", "audience", "seen"),
    [
        ("person", "nik", "1771014107800001", "officer", "1771014107800001"),
        ("person", "nik", "1771014107800001", "evidence", "************0001"),
        ("person", "nik", "1771014107800001", "public", None),
        ("person", "nik", "1771", "evidence", "****"),
        ("person", "name", "Sari Dewi", "evidence", "S*** D***"),
        ("person", "birth_date", date(1980, 7, 1), "evidence", "1980-**-**"),
        ("person", "address", "Jl. Melati 3", "evidence", None),
        ("person", "sex", "female", "evidence", "female"),
        ("person", "illness", "stroke", "village", None),
        ("person", "illness", "stroke", "subject", "stroke"),
        ("payment", "account", "0123456789", "officer", "******6789"),
        ("payment", "account", "0123456789", "payer", "0123456789"),
        ("payment", "payee", "Sari", "officer", "S***"),
        ("payment", "amount", 750_000, "village", 750_000),
        ("payment", "amount", 750_000, "evidence", None),
        ("case", "kind", "drugs", "officer", None),
        ("case", "kind", "drugs", "case", "drugs"),
        ("worker", "caseload", 300, "public", 300),
        ("person", "nik", None, "officer", None),
    ],
)
def test_masks(table: str, name: str, value: object, audience: str, seen: object) -> None:
    """Each class before each kind of reader."""
    assert mask(column(table, name), value, audience) == seen


@pytest.mark.parametrize("audience", ["log", "public"])
def test_nothing_but_open_columns_reaches_a_log_or_the_public(audience: str) -> None:
    """Whatever the column."""
    for table in PACK.tables.values():
        for one in table.columns.values():
            assert (mask(one, "x", audience) is None) == (one.privacy != "open")


def test_an_unknown_audience_sees_nothing() -> None:
    """A misspelt audience is an error, not a view."""
    with pytest.raises(KeyError):
        mask(column("person", "sex"), "male", "everybody")


def test_every_audience_and_class_has_words() -> None:
    """The matrix names only what is listed."""
    assert set(SIGHT) == set(AUDIENCE_LABELS)
    assert {name for row in SIGHT.values() for name in row} <= set(PRIVACY_LABELS)


@given(st.text(min_size=1), st.sampled_from(["last4", "initials", "hidden"]))
def test_a_mask_never_shows_the_whole_of_a_longer_text(text: str, way: str) -> None:
    """At most four signs of a number, one of each word."""
    shown = (masked(way, text) or "").replace("*", "").replace(" ", "")
    assert len(shown) <= max(4, len(text.split()))
