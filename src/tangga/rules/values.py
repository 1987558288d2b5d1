"""What a fact can be: a value, a range within which it must lie, or not known (None)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Plain = bool | int | Decimal | date | str
Ordered = int | Decimal | date


@dataclass(frozen=True, slots=True)
class Range:
    """Somewhere from low to high, both included; None: no bound on that side.

    A count over members of whom some are not known is a range, and so is the birth date of
    somebody of whom only the year is known. ValueError where low is above high.
    """

    low: Ordered | None
    high: Ordered | None

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:  # type: ignore[operator]
            raise ValueError(f"a range from {self.low} to {self.high} is empty")


Value = Plain | Range | None


def ranged(low: Ordered | None, high: Ordered | None) -> Value:
    """The value itself where both ends are one, None where there is no bound at all."""
    if low is None and high is None:
        return None
    return low if low == high else Range(low, high)


def ends(value: Value) -> tuple[Ordered | None, Ordered | None]:
    """Low and high of an ordered value: (v, v) of a plain one, (None, None) of one not known."""
    if isinstance(value, Range):
        return value.low, value.high
    return value, value  # type: ignore[return-value]
