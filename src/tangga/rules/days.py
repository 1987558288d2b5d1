"""Dates that a rule compares with, made in Python: an age in a rule is a birth date in SQL.

The leap-day decision: in a common year, who was born on 29 February has their birthday on 1 March;
the date so many years before 29 February of a leap year is 28 February of a common one. Two
functions of DuckDB disagree about it, so no age is ever computed in SQL.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

Month = int
"""A month as one whole number: year * 12 + month - 1, so that the next month is one more."""


FIRST_ASKED, LAST_ASKED = date(1000, 1, 1), date(9000, 1, 1)
"""The days of which rules are asked: what they compare with lies at most 450 years from there
(`parse_values.MOST_AGO`), and stays a day of the calendar."""


def can_be_asked(on: date) -> bool:
    """Whether every day that a rule compares with is one of the calendar."""
    return FIRST_ASKED <= on <= LAST_ASKED


def months_before(on: date, months: int) -> date:
    """The day so many months before (negative: after), or the last of that month if shorter."""
    year, month = divmod(month_of(on) - months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def years_before(on: date, years: int) -> date:
    """The latest birth date of somebody who has reached this age on this day."""
    return months_before(on, years * 12)


@lru_cache(maxsize=4096)
def so_long_before(on: date, years: int, months: int, days: int) -> date:
    """Years and months before a day (negative: after), then so many days more. Remembered."""
    return months_before(on, years * 12 + months) - timedelta(days=days)


def month_of(day: date) -> Month:
    """The month in which a day falls."""
    return day.year * 12 + day.month - 1


def first_day(month: Month) -> date:
    """The first day of a month."""
    return date(month // 12, month % 12 + 1, 1)


def whole_months(first: date, last: date) -> int:
    """Whole months from one day to a later one: the most n with months_before(last, n) >= first.

    Negative where `last` comes before `first`.
    """
    n = month_of(last) - month_of(first)
    return n if months_before(last, n) >= first else n - 1
