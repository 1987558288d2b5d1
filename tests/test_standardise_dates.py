"""Dates: every form that files hold, and every date that cannot be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.engine.standardise.dates import DateReader
from tangga.engine.standardise.reading import Reading
from tangga.engine.standardise.style import load_style
from tangga.registry import pack_dir

MONTHS = load_style(pack_dir("indonesia")).months
TODAY = date(2026, 1, 31)
BIRTH = DateReader(MONTHS, pivot=date(2025, 6, 30), latest=TODAY, partial=True)
PARTS = DateReader(MONTHS, pivot=TODAY, latest=TODAY, partial=True, parts=True)
OTHER = DateReader(MONTHS, pivot=TODAY)


def whole(year: int, month: int, day: int, problem: str | None = None) -> Reading:
    return Reading(date(year, month, day), problem, year, month)


@pytest.mark.parametrize(
    "text, read",
    [
        ("1990-04-20", whole(1990, 4, 20)),
        ("1990/4/2", whole(1990, 4, 2)),
        ("20-04-1990", whole(1990, 4, 20)),
        ("20/04/1990", whole(1990, 4, 20)),
        ("2.4.1990", whole(1990, 4, 2)),
        ("  20-04-1990\t", whole(1990, 4, 20)),
        ("'20-04-1990", whole(1990, 4, 20)),
        ("1990-01-02 00:00:00", whole(1990, 1, 2)),
        ("1990-01-02T00:00:00Z", whole(1990, 1, 2)),
        ("02/01/1990 0:00", whole(1990, 1, 2)),
        ("17 Agustus 1945", whole(1945, 8, 17)),
        ("17-AGT-1945", whole(1945, 8, 17)),
        ("5 Nopember 1971", whole(1971, 11, 5)),
        ("5 Peb. 1971", whole(1971, 2, 5)),
        ("March 5, 1971", whole(1971, 3, 5)),
        ("32874", whole(1990, 1, 1)),
        ("32874.0", whole(1990, 1, 1)),
        ("19900420", whole(1990, 4, 20)),
        ("20041990", whole(1990, 4, 20)),
        ("20-04-90", whole(1990, 4, 20, "two_digit_year")),
        ("20-04-25", whole(2025, 4, 20, "two_digit_year")),
        ("20-07-25", whole(1925, 7, 20, "two_digit_year")),  # after the source's day
        ("1 Jan 68", whole(1968, 1, 1, "two_digit_year")),
        ("1990", Reading(None, None, 1990)),
        ("1990.0", Reading(None, None, 1990)),
        ("1990-00-00", Reading(None, None, 1990)),
        ("1990-05-00", Reading(None, None, 1990, 5)),
        ("05-1990", Reading(None, None, 1990, 5)),
        ("Mei 1990", Reading(None, None, 1990, 5)),
        ("00-00-1990", Reading(None, None, 1990)),
        ("31-02-1990", Reading(None, "impossible_date", 1990, 2)),
        ("29-02-1900", Reading(None, "impossible_date", 1900, 2)),
        ("12/31/1990", Reading(None, "impossible_date", 1990)),
        ("1990-13-01", Reading(None, "impossible_date", 1990)),
        ("01-02-2026", Reading(None, "impossible_date")),
        ("31-12-1899", Reading(None, "impossible_date")),
        ("01-01-2050", Reading(None, "impossible_date")),
        ("2050", Reading(None, "impossible_date")),
        ("1850", Reading(None, "impossible_date")),
        ("tidak tahu", Reading(None, "not_a_date")),
        ("20 Foo 1990", Reading(None, "not_a_date")),
        ("123", Reading(None, "not_a_date")),
        ("0000-00-00", Reading()),
        ("00/00/0000", Reading()),
        ("0000-00-00 00:00:00", Reading()),
        ("-", Reading()),
        ("NULL", Reading()),
        ("  ", Reading()),
    ],
)
def test_a_text_is_read_as_a_birth_date(text: str, read: Reading) -> None:
    assert BIRTH.read(text) == read


@pytest.mark.parametrize(
    "text, read",
    [
        ("1990-04-20", whole(1990, 4, 20)),
        ("90-04-20", whole(1990, 4, 20, "two_digit_year")),
        ("1990-Mei-20", whole(1990, 5, 20)),
        ("1990-05-", Reading(None, None, 1990, 5)),
        ("1990--", Reading(None, None, 1990)),
        ("1990-05-00", Reading(None, None, 1990, 5)),
        ("1990-02-31", Reading(None, "impossible_date", 1990, 2)),
        ("-05-20", Reading(None, "not_a_date")),
        ("--", Reading()),
        ("0-00-00", Reading()),
    ],
)
def test_year_month_and_day_from_three_columns(text: str, read: Reading) -> None:
    assert PARTS.read(text) == read


def test_a_stated_form_is_tried_first() -> None:
    american = DateReader(MONTHS, pivot=TODAY, latest=TODAY, form="%m/%d/%Y")
    assert american.read("04/05/1990") == whole(1990, 4, 5)
    assert american.read("1990-04-05") == whole(1990, 4, 5)
    short = DateReader(MONTHS, pivot=TODAY, latest=TODAY, form="%d%m%y")
    assert short.read("050468") == whole(1968, 4, 5, "two_digit_year")


def test_other_dates_may_lie_ahead_but_must_be_complete() -> None:
    assert OTHER.read("2030-12-31") == whole(2030, 12, 31)
    assert OTHER.read("2030") == Reading(None, "incomplete_date", 2030)


DAYS = st.dates(date(1930, 1, 1), TODAY)
FORMS = st.sampled_from(
    [
        "%Y-%m-%d",
        "%d-%m-%Y",
        "%d/%m/%Y",
        "%d.%m.%Y",
        "%Y%m%d",
        "%d%m%Y",
        "%Y/%m/%d",
        "%d %B %Y",
        "%d-%b-%Y",
        "%Y-%m-%d 00:00:00",
    ]
)


@given(DAYS, FORMS)
def test_every_written_day_is_read_back(day: date, form: str) -> None:
    assert BIRTH.read(day.strftime(form)).value == day


@given(DAYS)
def test_every_serial_is_read_back(day: date) -> None:
    assert BIRTH.read(str((day - date(1899, 12, 30)).days)).value == day


@given(st.text(max_size=20))
def test_no_text_breaks_the_reader(text: str) -> None:
    read = BIRTH.read(text)
    assert read.value is None or date(1900, 1, 1) <= read.value <= TODAY


@given(DAYS, st.integers(0, 99 * 365))
def test_a_two_digit_year_is_never_in_the_future(pivot: date, back: int) -> None:
    day = max(pivot - timedelta(days=back), date(1900, 1, 1))
    read = DateReader(MONTHS, pivot=pivot, latest=TODAY).read(day.strftime("%d-%m-%y"))
    assert read.value == day


def test_a_stated_month_first_is_not_read_the_other_way() -> None:
    reader = DateReader({}, pivot=date(2026, 1, 31), form="%m/%d/%Y")
    assert reader.read("04/10/1957").value == date(1957, 4, 10)
    assert reader.read("13/03/1991").problem == "impossible_date"
