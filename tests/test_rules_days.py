"""Days that a rule compares with, and the one decision about 29 February."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.rules.answer import NO, YES, Answer
from tangga.rules.conditions import Ago, AtMost, MoreThan
from tangga.rules.days import (
    first_day,
    month_of,
    months_before,
    so_long_before,
    whole_months,
    years_before,
)
from tangga.rules.holds import answer_of
from tangga.rules.names import Facts

LEAPLING = date(1964, 2, 29)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("on", "sixty_one"),
    [
        # In a common year, who was born on 29 February has their birthday on 1 March.
        (date(2025, 2, 28), NO),
        (date(2025, 3, 1), YES),
    ],
)
def test_a_birthday_in_a_common_year(on: date, sixty_one: Answer) -> None:
    born = Facts({"born": LEAPLING})
    assert answer_of(AtMost("born", Ago(years=61)), born, on) is sixty_one
    assert answer_of(MoreThan("born", Ago(years=61)), born, on) is sixty_one.opposite


@pytest.mark.parametrize(
    ("on", "sixty"), [(date(2024, 2, 28), NO), (date(2024, 2, 29), YES), (date(2024, 3, 1), YES)]
)
def test_a_birthday_in_a_leap_year(on: date, sixty: Answer) -> None:
    assert answer_of(AtMost("born", Ago(years=60)), Facts({"born": LEAPLING}), on) is sixty


@pytest.mark.parametrize(
    ("on", "months", "expected"),
    [
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2024, 2, 29), 48, date(2020, 2, 29)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 31), 1, date(2025, 12, 31)),
        (date(2026, 1, 31), -1, date(2026, 2, 28)),
        (date(2026, 12, 1), -1, date(2027, 1, 1)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_before(on: date, months: int, expected: date) -> None:
    assert months_before(on, months) == expected


def test_years_then_months_then_days() -> None:
    on = date(2026, 3, 31)
    assert so_long_before(on, 1, 1, 1) == date(2025, 2, 27)
    assert Ago(years=1, months=1, days=1).day(on) == date(2025, 2, 27)
    assert Ago(days=-10).day(on) == date(2026, 4, 10)


@given(born=DAYS, years=st.integers(0, 100))
def test_an_age_is_reached_on_the_birthday_and_not_before(born: date, years: int) -> None:
    try:
        birthday = born.replace(year=born.year + years)
    except ValueError:
        birthday = date(born.year + years, 3, 1)
    assert born <= years_before(birthday, years)
    assert born > years_before(birthday - timedelta(days=1), years)


@given(DAYS)
def test_a_month_is_a_number_and_back(day: date) -> None:
    assert first_day(month_of(day)) == day.replace(day=1)
    assert month_of(first_day(month_of(day) + 1)) == month_of(day) + 1


@given(DAYS, st.integers(0, 600))
def test_whole_months(last: date, months: int) -> None:
    first = months_before(last, months)
    assert whole_months(first, last) == months
    assert whole_months(first + timedelta(days=1), last) in (months - 1, months)
    assert whole_months(last + timedelta(days=1), last) == -1
