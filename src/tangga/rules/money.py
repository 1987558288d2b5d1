"""Money in whole rupiah, and the one place where an amount of a year is rounded.

What has been paid by the end of a part is the year's amount times the parts so far, rounded down;
a part is what that adds to the part before. So the parts always sum to the year, and the same
months are the same rupiah whether a year is paid in 4, 6 or 12 parts.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

MONTHS = 12


def until(total_year: int, done: int, parts: int) -> int:
    """Rupiah due by the end of `done` of `parts` equal parts of a year, rounded down.

    ValueError for a negative amount, or where done is not within 0 to parts.
    """
    if total_year < 0:
        raise ValueError(f"an amount of {total_year} a year")
    if parts < 1 or not 0 <= done <= parts:
        raise ValueError(f"{done} of {parts} parts of a year")
    return total_year * done // parts


def in_parts(total_year: int, parts: int) -> list[int]:
    """Rupiah of each part of a year, in order; they sum to the year. ValueError as `until`."""
    due = [until(total_year, done, parts) for done in range(parts + 1)]
    return [after - before for before, after in pairwise(due)]


def for_months(total_year: int, first_month: int, last_month: int) -> int:
    """Rupiah of the months from first to last of one year (1 to 12, both included).

    ValueError as `until`, and where the last month comes before the first.
    """
    if not 1 <= first_month <= last_month <= MONTHS:
        raise ValueError(f"months {first_month} to {last_month} of a year")
    before = until(total_year, first_month - 1, MONTHS)
    return until(total_year, last_month, MONTHS) - before


def times(total_year: int, factor: Decimal) -> int:
    """Rupiah a year of an amount taken so many times, rounded down: 1.1 times 2,000,000.

    ValueError for a negative amount or factor.
    """
    if total_year < 0 or factor < 0:
        raise ValueError(f"{factor} times an amount of {total_year} a year")
    top, bottom = factor.as_integer_ratio()
    return total_year * top // bottom
