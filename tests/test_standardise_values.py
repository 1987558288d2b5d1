"""Codes, numbers, amounts, yes and no, and area codes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.engine.standardise.codes import CodeReader
from tangga.engine.standardise.places import AreaReader
from tangga.engine.standardise.quantities import BooleanReader, NumberReader
from tangga.engine.standardise.reading import Reading
from tangga.engine.standardise.style import Style, load_style
from tangga.registry import pack_dir
from tangga.registry.areas import load_areas

STYLE = load_style(pack_dir("indonesia"))
AREAS = load_areas(pack_dir("indonesia"))
BROKEN = Reading(problem="not_a_number")


@pytest.mark.parametrize(
    "text, value",
    [
        ("1500000", 1500000),
        ("1.500.000", 1500000),
        ("Rp 1.500.000", 1500000),
        ("Rp. 1.500.000,-", 1500000),
        ("Rp1.500.000,00", 1500000),
        ("1.500", 1500),
        ("1,500,000", 1500000),
        ("1500000.00", 1500000),
        ("007", 7),
        (" 12 ", 12),
        ("-3", -3),
        ("IDR 20.000", 20000),
    ],
)
def test_amounts(text: str, value: int) -> None:
    assert NumberReader("money", STYLE).read(text) == Reading(value)


@pytest.mark.parametrize("text", ["abc", "1,5", "1.50", "12 orang", "1.5.0", "1e6", "9" * 30])
def test_what_is_no_whole_number(text: str) -> None:
    assert NumberReader("money", STYLE).read(text) == BROKEN


@pytest.mark.parametrize(
    "text, value",
    [("36,5", "36.500"), ("36.5", "36.500"), ("36.500", "36.500"), ("1.036,5", "1036.500")],
)
def test_decimals(text: str, value: str) -> None:
    assert NumberReader("decimal", STYLE).read(text) == Reading(Decimal(value))


def test_english_numbers_in_a_pack_without_a_style() -> None:
    assert NumberReader("money", Style()).read("1,500") == Reading(1500)
    assert NumberReader("decimal", Style()).read("1,500.25") == Reading(Decimal("1500.250"))


def test_an_integer_must_fit() -> None:
    assert NumberReader("integer", STYLE).read("2147483647") == Reading(2147483647)
    assert NumberReader("integer", STYLE).read("2147483648") == BROKEN


@given(st.integers(-(10**15), 10**15))
def test_every_amount_is_read_back(amount: int) -> None:
    text = f"Rp {amount:,}".replace(",", ".")
    assert NumberReader("money", STYLE).read(text) == Reading(amount)


@pytest.mark.parametrize(
    "text, value",
    [("Ya", True), ("1", True), ("TIDAK", False), ("2", False), ("0", False), ("tdk", False)],
)
def test_yes_and_no(text: str, value: bool) -> None:
    assert BooleanReader(STYLE).read(text) == Reading(value)


def test_yes_and_no_of_a_descriptor_come_first() -> None:
    reader = BooleanReader(STYLE, {"1": "false", "3": "true"})
    assert reader.read("1") == Reading(False)
    assert reader.read("3.0") == Reading(True)
    assert reader.read("mungkin") == Reading(problem="not_a_boolean")
    assert reader.read("-") == Reading()


@pytest.mark.parametrize(
    "text, code",
    [("L", "male"), (" l ", "male"), ("P", "female"), ("FEMALE", "female"), ("1", "male")],
)
def test_codes(text: str, code: str) -> None:
    reader = CodeReader(["male", "female"], {"L": "male", "P": "female", "1": "male"})
    assert reader.read(text) == Reading(code)
    assert reader.read("1.0") == reader.read("01") == Reading("male")


def test_an_unknown_code_is_a_problem_and_a_dash_is_nothing() -> None:
    reader = CodeReader(["male", "female"], {"L": "male"})
    assert reader.read("X") == Reading(problem="unknown_code")
    assert reader.read("-") == Reading()


UNKNOWN = Reading(problem="unknown_area")


@pytest.mark.parametrize(
    "text, read",
    [
        ("18.11.01.2001", Reading("1811012001")),
        ("1811012001", Reading("1811012001")),
        ("'1811012001", Reading("1811012001")),
        ("18.11", Reading("1811")),
        ("1811", Reading("1811")),
        ("18.11.01", Reading("181101")),
        ("18.1", UNKNOWN),  # a spreadsheet's 18.10, or 18.01: nobody can tell
        ("1899999999", UNKNOWN),
        ("Mesuji", UNKNOWN),
        ("-", Reading()),
        ("", Reading()),
    ],
)
def test_kemendagri_codes(text: str, read: Reading) -> None:
    assert AreaReader(AREAS, "kemendagri", STYLE.widths["kemendagri"]).read(text) == read


@pytest.mark.parametrize(
    "text, read",
    [
        ("18.11.1.2001", Reading("1811012001")),
        ("18.11.01.2001", Reading("1811012001")),
        ("18.1811.181101.1811012001", Reading("1811012001")),
        ("18.11..", Reading("1811")),
        ("18.11.0.0", Reading("1811")),
        ("18..01.2001", UNKNOWN),
        ("18.111.01.2001", UNKNOWN),
        ("...", Reading()),
    ],
)
def test_codes_from_one_column_a_level(text: str, read: Reading) -> None:
    reader = AreaReader(AREAS, "kemendagri", STYLE.widths["kemendagri"], split=True)
    assert reader.read(text) == read


def test_a_bps_code_means_what_its_table_says_and_no_more() -> None:
    reader = AreaReader(AREAS, "bps", STYLE.widths["bps"])
    assert reader.read("1801") == Reading("1804")
    assert reader.read("1801010001") == UNKNOWN
    split = AreaReader(AREAS, "bps", STYLE.widths["bps"], split=True)
    assert split.code("18.1.10.1") == "1801010001"
