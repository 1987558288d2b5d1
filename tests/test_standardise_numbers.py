"""NIK and KK: repaired where certain, broken where not; other packs have other numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.engine.standardise.expressions import cell, render
from tangga.engine.standardise.fields import number_condition
from tangga.engine.standardise.numbers import NumberReader, number_specs
from tangga.engine.standardise.reading import Reading
from tangga.errors import BadPack
from tangga.registry import load_pack

PACK = load_pack("indonesia")
SPECS = number_specs(PACK)
NIK = NumberReader(SPECS["nik"], {"181101", "091101"})
KK = NumberReader(SPECS["kk"], ())

REPAIRED = [
    "'1811012004900001",
    "1811012004900001.0",
    "1811012004900001,00",
    "1811 0120 0490 0001",
    "18.1101.200490.0001",
    "18-1101-200490-0001",
    " 1811012004900001",
    "1811012004900001\u00a0",
    "\ufeff1811012004900001",
    "`1811012004900001",
    "1.811012004900001E+15",
    "1,811012004900001e15",
]
WRONG = {
    "3.20E+15": "broken_number",
    "3,20101E+15": "broken_number",
    "1.81101200490000E+15": "broken_number",  # the last digit is lost
    "181101200490000": "broken_number",
    "18110120049000011": "broken_number",
    "1811013204900001": "broken_number",  # day 32
    "1811017204900001": "broken_number",  # day 72
    "1811010004900001": "broken_number",  # day 00
    "1811012013900001": "broken_number",  # month 13
    "1811012004900000": "broken_number",  # serial 0000
    "181101200490000X": "broken_number",
    "0000000000000000": "placeholder_number",
    "9999999999999999": "placeholder_number",
    "1111111111111111": "placeholder_number",
    "0000012004900001": "placeholder_number",
    "9999012004900001": "placeholder_number",
    "1234567890123456": "placeholder_number",
    "9999": "placeholder_number",
    "TIDAK ADA": "placeholder_number",
}


@pytest.mark.parametrize("text", REPAIRED)
def test_what_is_certain_is_repaired(text: str) -> None:
    assert NIK.read(text) == Reading("1811012004900001", "repaired")


@pytest.mark.parametrize("text, problem", WRONG.items())
def test_what_is_not_certain_is_broken(text: str, problem: str) -> None:
    assert NIK.read(text) == Reading(problem=problem)


@pytest.mark.parametrize("text", ["", "  ", "-", "0", "NULL", "#N/A"])
def test_a_mark_for_nothing_is_nothing(text: str) -> None:
    assert NIK.read(text) == Reading()


def test_a_dropped_zero_comes_back_only_where_that_makes_a_known_area() -> None:
    assert NIK.read("911012004900001") == Reading("0911012004900001", "repaired")
    assert NIK.read("811012004900001") == Reading(problem="broken_number")


def test_a_card_has_no_day_offset() -> None:
    assert KK.read("1811016004900001").problem == "broken_number"
    assert KK.read("'1811012004900001").value == "1811012004900001"


def test_women_have_days_from_41_to_71() -> None:
    for day in (41, 55, 71):
        assert NIK._good(f"181101{day}04900001")


numbers = st.one_of(
    st.text("0123456789", min_size=14, max_size=18),
    st.sampled_from([*REPAIRED, *WRONG, "1811012004900001", "1811016004900001"]),
    st.builds(
        "181101{:02d}{:02d}90{:04d}".format,
        st.integers(0, 99),
        st.integers(0, 20),
        st.integers(0, 12),
    ),
)


@given(st.lists(numbers, min_size=1, max_size=50))
def test_sql_and_python_agree_on_what_a_good_number_is(texts: list[str]) -> None:
    for reader in (NIK, KK):
        condition = render(number_condition(reader.spec, cell("t")))
        with duckdb.connect() as con:
            query = f"SELECT coalesce({condition}, FALSE) FROM (SELECT unnest($1) AS t) AS src"
            found = [row[0] for row in con.execute(query, [texts]).fetchall()]
        assert found == [reader._good(text) for text in texts]


@given(st.text(max_size=24))
def test_whatever_is_read_is_a_good_number(text: str) -> None:
    read = NIK.read(text)
    assert read.value is None or (NIK._good(str(read.value)) and read.problem == "repaired")


def test_a_plain_number_of_another_country() -> None:
    pack = replace(PACK, data={"numbers": {"ssn": {"length": 7, "columns": ["nik"]}}})
    reader = NumberReader(number_specs(pack)["nik"])
    assert reader.spec.pattern() == "[0-9]{7}"
    assert reader.read("123 4567") == Reading("1234567", "repaired")
    assert reader.read("123456").problem == "broken_number"


def test_a_pack_without_numbers_has_none(tmp_path: Path) -> None:
    assert number_specs(replace(PACK, data={})) == {}


@pytest.mark.parametrize("data", [{"lenght": 16}, {"length": "16"}, {}])
def test_a_number_that_is_described_wrongly_is_named(data: dict[str, object]) -> None:
    with pytest.raises(BadPack, match=r"numbers\.nik"):
        number_specs(replace(PACK, data={"numbers": {"nik": data}}))
