"""Days as numbers, whole columns at a time, and dates that people get wrong."""

from __future__ import annotations

from datetime import date

import numpy as np

from tangga.synthetic.draw import Ints, chance, weighted


def day(year: int, month: int = 1, on: int = 1) -> int:
    """Days since 1 January 1970, as all dates are kept here."""
    return date(year, month, on).toordinal() - date(1970, 1, 1).toordinal()


LATEST = day(2025, 12, 20)
"""No wrong date of birth lies after it."""


def calendar(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of the month of each day."""
    dates = np.asarray(days).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    years = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    return years, months.astype(np.int64) % 12 + 1, (dates - months).astype(np.int64) + 1


def from_calendar(years: Ints, months: Ints, days: Ints) -> Ints:
    """Days since 1970; a day past the end of its month becomes the month's last."""
    month = (np.asarray(years) - 1970) * 12 + np.asarray(months) - 1
    start = month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    end = (month + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.minimum(start + days - 1, end - 1).astype(np.int32)


def wrong_dates(
    rng: np.random.Generator, birth: Ints, kinds: tuple[float, float, float, float]
) -> Ints:
    """Another date than the true one: year off, day and month swapped, heaped, one part off.

    kinds: the weights of the four.
    """
    n = len(birth)
    year, month, on = calendar(birth)
    kind = weighted(rng, list(kinds), n)
    off = rng.choice([-10, -2, -1, -1, 1, 1, 2, 3, 10], n)
    heap = np.array([[12, 31], [7, 1], [1, 1]])[weighted(rng, [4, 3, 4], n)]
    elsewhere = rng.integers(1, 29, n)
    swap = (kind == 1) & (on <= 12)
    new_year = np.where((kind == 0) | ((kind == 2) & chance(rng, 0.4, n)), year + off, year)
    new_month = np.select([swap, kind == 2], [on, heap[:, 0]], month)
    new_day = np.select(
        [swap, kind == 2, (kind == 3) | ((kind == 1) & ~swap)], [month, heap[:, 1], elsewhere], on
    )
    return np.minimum(from_calendar(new_year, new_month, new_day), LATEST).astype(np.int32)
