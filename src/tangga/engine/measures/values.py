"""What every measure asks of its input: values and weights that are numbers, and make sense."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tangga.errors import UserError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
LINES_SHOWN = 3
MANY = 100_000
"""Households from which on the time of a sort is worth a thought."""


def checked(values: npt.ArrayLike, weight: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Values and weights of the same households as arrays of floats, both at least 0.

    Raises UserError where a value or weight is missing, infinite or negative, where all weights
    are 0, or where there is nobody: a measure of such numbers would be wrong or not a number.
    """
    y = np.asarray(values, dtype=np.float64)
    w = np.asarray(weight, dtype=np.float64)
    if y.ndim != 1 or w.shape != y.shape:
        raise UserError(f"{y.size} values and {w.size} weights: there must be one of each")
    if not y.size:
        raise UserError("there is nobody to measure")
    _refuse(~np.isfinite(w), "weight is missing or not a number", "Give every household a weight")
    _refuse(w < 0, "weight is negative", "A weight says how many a household stands for")
    if not w.any():
        raise UserError("all weights are 0: they stand for nobody")
    _refuse(~np.isfinite(y), "value is missing or not a number", "Leave the household out, counted")
    todo = "Decide what it means: leave the household out, or take it as 0; no measure can"
    _refuse(y < 0, "value is negative", todo)
    return y, w


def checked_line(line: npt.ArrayLike, like: Floats) -> Floats:
    """A poverty line, the same for all or one each, as an array that fits the values.

    Raises UserError where it is missing, infinite, or not above 0.
    """
    z = np.asarray(line, dtype=np.float64)
    if z.ndim and z.shape != like.shape:
        raise UserError(f"{z.size} poverty lines for {like.size} values: give one, or one each")
    wrong = ~(np.isfinite(z) & (z > 0))
    todo = "A poverty line is a number above 0, in the unit of the outcome"
    _refuse(np.atleast_1d(wrong), "poverty line is missing or not above 0", todo)
    return z


def _refuse(wrong: Mask, what: str, todo: str) -> None:
    """Raises UserError with how many are wrong and where the first ones stand (from 1)."""
    if not wrong.any():
        return
    places = np.flatnonzero(wrong)
    first = ", ".join(str(place + 1) for place in places[:LINES_SHOWN])
    more = " ..." if len(places) > LINES_SHOWN else ""
    raise UserError(f"{what}, of {len(places)} of {wrong.size}: no. {first}{more}", todo=todo)


@dataclass(frozen=True)
class Ordered:
    """Households from the poorest up. order: their places before; y, w: their values and weights;
    below: the weight of all before each."""

    order: Ints
    y: Floats
    w: Floats
    below: Floats

    @classmethod
    def of(cls, values: npt.ArrayLike, weight: npt.ArrayLike) -> Ordered:
        """Checked and sorted."""
        y, w = checked(values, weight)
        # Which of two alike comes first changes nothing but rounding; for many it costs a second.
        order = np.argsort(y, kind="stable" if len(y) < MANY else None)
        y, w = y[order], w[order]
        return cls(order, y, w, np.cumsum(w) - w)

    @property
    def total(self) -> float:
        """The sum of the weights."""
        return float(self.below[-1] + self.w[-1])

    def middle(self, amount: Floats) -> Floats:
        """The sum of an amount up to the middle of each household's value: those of one value
        stand together, so that their order changes nothing."""
        first = np.flatnonzero(np.concatenate([[True], np.diff(self.y) > 0]))
        each = np.add.reduceat(amount, first)
        return np.repeat(np.cumsum(each) - each / 2, np.diff(np.append(first, len(self.y))))

    def back(self, sorted_values: Floats) -> Floats:
        """Values in the order in which the households came."""
        placed = np.empty_like(sorted_values)
        placed[self.order] = sorted_values
        return placed
