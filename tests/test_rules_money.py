"""Amounts of a year in parts: nothing is lost, nothing is made, in one rounding point."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.rules.money import for_months, in_parts, times, until

SMA = 2_000_000
AMOUNTS = st.integers(0, 10**13)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (1, [2_000_000]),
        (4, [500_000] * 4),
        (6, [333_333, 333_333, 333_334] * 2),
        (12, [166_666, 166_667, 166_667] * 4),
    ],
)
def test_a_pupil_of_sma(parts: int, expected: list[int]) -> None:
    assert in_parts(SMA, parts) == expected
    assert sum(expected) == SMA


@given(AMOUNTS, st.integers(1, 366))
def test_parts_sum_to_the_year_and_differ_by_one_rupiah_at_most(total: int, parts: int) -> None:
    paid = in_parts(total, parts)
    assert (sum(paid), len(paid)) == (total, parts)
    assert max(paid) - min(paid) <= 1


@given(AMOUNTS, st.sampled_from([1, 2, 3, 4, 6, 12]))
def test_the_same_months_are_the_same_rupiah_however_paid(total: int, parts: int) -> None:
    months = 12 // parts
    by_month = [for_months(total, n * months + 1, (n + 1) * months) for n in range(parts)]
    assert in_parts(total, parts) == by_month


@given(AMOUNTS, st.integers(1, 11))
def test_a_year_cut_in_two_is_still_the_year(total: int, last: int) -> None:
    assert for_months(total, 1, last) + for_months(total, last + 1, 12) == total


@pytest.mark.parametrize(
    ("first", "last"), [(0, 12), (1, 13), (5, 4), (13, 13)], ids=lambda n: str(n)
)
def test_months_that_no_year_has(first: int, last: int) -> None:
    with pytest.raises(ValueError, match=f"months {first} to {last}"):
        for_months(SMA, first, last)


@pytest.mark.parametrize(
    ("total", "done", "parts"), [(-1, 1, 4), (SMA, 5, 4), (SMA, -1, 4), (SMA, 0, 0)]
)
def test_what_no_year_is(total: int, done: int, parts: int) -> None:
    with pytest.raises(ValueError, match="year"):
        until(total, done, parts)


@given(AMOUNTS, st.decimals(0, 10, places=6))
def test_times_is_exact_and_rounds_down(total: int, factor: Decimal) -> None:
    assert 0 <= Fraction(total) * Fraction(factor) - times(total, factor) < 1


def test_a_tenth_more_is_a_tenth_more() -> None:
    assert times(SMA, Decimal("1.1")) == 2_200_000


@pytest.mark.parametrize(("total", "factor"), [(-1, Decimal(1)), (1, Decimal(-1))])
def test_times_refuses_what_is_negative(total: int, factor: Decimal) -> None:
    with pytest.raises(ValueError, match="times an amount"):
        times(total, factor)
