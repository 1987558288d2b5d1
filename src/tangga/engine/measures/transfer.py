"""What if: a transfer is paid, and what it changes of poverty and inequality, at which cost.

The first-round effect only: nobody works, saves or shares otherwise because of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tangga.engine.measures.inequality import gini
from tangga.engine.measures.poverty import poverty
from tangga.engine.measures.values import MANY, Floats, Mask, checked, checked_line
from tangga.errors import UserError

PACKED_BITS = 8


@dataclass(frozen=True)
class State:
    """Poverty and inequality of one distribution. poor: how many people; gap: the money by which
    they lack the line, all together."""

    p0: float
    p1: float
    p2: float
    gini: float
    poor: float
    gap: float


@dataclass(frozen=True)
class Effect:
    """What a transfer changes. people: who live in a household that gets; households: how many get.

    cost: the money paid out. closed: by how much the gap shrinks for each unit of it: 1 where every
    unit reaches the poor and none lifts anybody beyond the line. per_lifted: money for each person
    who is no longer poor; None where nobody is lifted.
    """

    before: State
    after: State
    households: float
    people: float
    cost: float
    closed: float | None
    per_lifted: float | None


def what_if(
    values: npt.ArrayLike,
    members: npt.ArrayLike,
    amount: npt.ArrayLike,
    line: npt.ArrayLike,
    *,
    weight: npt.ArrayLike = 1.0,
) -> Effect:
    """What a transfer would change.

    values: of each household, per person; members: who live in it; amount: money that each gets, of
    the same unit and time as the values, one for all or one each (made by `per_household`,
    `per_member` or `to_the_line`); line: per person; weight: of households (1: all are here).
    Figures speak of people. Raises UserError for values that no measure can be made of.
    """
    size = np.asarray(members, dtype=np.float64)
    if not np.all(size > 0):
        raise UserError("a household has no members, or it is not known how many")
    of_households = np.broadcast_to(np.asarray(weight, dtype=np.float64), size.shape)
    y, people = checked(values, of_households * size)
    money = _checked_amount(amount, size)
    z = checked_line(line, y)
    before, after = _state(y, people, z), _state(y + money / size, people, z)
    got = money > 0
    cost = float(np.sum(of_households * money))
    lifted = before.poor - after.poor
    return Effect(
        before=before,
        after=after,
        households=float(np.sum(of_households[got])),
        people=float(np.sum(people[got])),
        cost=cost,
        closed=(before.gap - after.gap) / cost if cost else None,
        per_lifted=cost / lifted if lifted > 0 else None,
    )


def _checked_amount(amount: npt.ArrayLike, like: Floats) -> Floats:
    money = np.asarray(amount, dtype=np.float64)
    if money.ndim and money.shape != like.shape:
        raise UserError(f"{money.size} amounts for {like.size} households: give one, or one each")
    if not np.all(np.isfinite(money)) or np.any(money < 0):
        raise UserError("the amount of a transfer is missing or negative")
    return np.broadcast_to(money, like.shape)


def _state(y: Floats, people: Floats, z: Floats) -> State:
    found = poverty(y, people, z)
    total = float(np.sum(people))
    poor = y < z
    lack = (z[poor] if z.ndim else z) - y[poor]
    unequal = fast_gini(y, people)
    gap = float(np.sum(people[poor] * lack))
    return State(found.p0, found.p1, found.p2, unequal, found.p0 * total, gap)


def fast_gini(y: Floats, w: Floats) -> float:
    """The Gini of many households, in half the time where weights are whole and below 256.

    The weight takes the place of the last 8 of a number's 52 binary digits, so that one sort of
    plain numbers does instead of a sort of places and two look-ups; a value changes by less than
    one part in 10^13 through it, less than what the sums round.
    """
    packable = len(y) >= MANY and float(w.max()) < 1 << PACKED_BITS and np.all(w == np.floor(w))
    if not packable:
        return gini(y, w)
    mask = np.uint64((1 << PACKED_BITS) - 1)
    # Numbers from 0 up are in the same order as their bits, read as whole numbers.
    packed = (y + 0.0).view(np.uint64)
    packed &= ~mask
    packed |= w.astype(np.uint64)
    packed.sort()
    weight = (packed & mask).astype(np.float64)
    packed &= ~mask
    have = packed.view(np.float64)
    have *= weight
    total = float(np.sum(have))
    if total <= 0:
        raise UserError("all values are 0: how they are shared cannot be said")
    reached = np.cumsum(weight)
    people = float(reached[-1])
    reached *= 2
    reached -= weight
    reached *= have
    return float(np.sum(reached) / (people * total) - 1)


def per_household(amount: float, to: Mask) -> Floats:
    """The same for each of these households, nothing for others."""
    return np.where(to, float(amount), 0.0)


def per_member(amount: float, members: npt.ArrayLike, to: Mask) -> Floats:
    """The same for each member of these households."""
    return np.where(to, float(amount) * np.asarray(members, dtype=np.float64), 0.0)


def to_the_line(
    values: npt.ArrayLike, members: npt.ArrayLike, line: npt.ArrayLike, to: Mask | None = None
) -> Floats:
    """What each household lacks to the line: the least that ends poverty, if all is known."""
    y = np.asarray(values, dtype=np.float64)
    lack = np.maximum(checked_line(line, y) - y, 0.0) * np.asarray(members, dtype=np.float64)
    return lack if to is None else np.where(to, lack, 0.0)


def within_budget(order: npt.ArrayLike, cost: npt.ArrayLike, budget: float) -> Mask:
    """Whom the money reaches, served in this order (the lowest first, ties by place), until the
    next would cost more than is left.

    order: such as a score, NaN where it is not known: such a household is not served by it, and
    belongs to whoever asks why. cost: of each household, its weight included.
    """
    rank = np.asarray(order, dtype=np.float64)
    each = np.broadcast_to(np.asarray(cost, dtype=np.float64), rank.shape)
    known = np.flatnonzero(~np.isnan(rank))
    served = known[np.argsort(rank[known], kind="stable")]
    reached = np.zeros(len(rank), dtype=bool)
    reached[served[np.cumsum(each[served]) <= budget]] = True
    return reached
