"""How unequal: Gini, Lorenz curve, shares of fifths and tenths, quintile share ratio.

The Gini is that of Eurostat (Alfons and Templ 2013, Journal of Statistical Software 54(15), eq. 5):
(2 sum w_i y_i N_i - sum w_i^2 y_i) / (N Y) - 1, N_i being the weight up to and with household i,
which is twice the area between the diagonal and the Lorenz curve of straight lines; a weight of two
is the same as two alike. Influence functions: Langel and Tille (2013), Journal of the Royal
Statistical Society A 176(2), 521-540; Osier (2009), Survey Research Methods 3(3), 167-195.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tangga.engine.measures.poverty import _quantile
from tangga.engine.measures.values import Floats, Ordered
from tangga.errors import UserError

FIFTH = 0.2


def gini(values: npt.ArrayLike, weight: npt.ArrayLike) -> float:
    """The Gini coefficient, from 0 (all alike) to below 1.

    values: of each household, per person; weight: the people that it stands for. Raises UserError
    for negative values, missing weights, or where nobody has anything.
    """
    return _gini(Ordered.of(values, weight))


def _gini(people: Ordered) -> float:
    have = people.w * people.y
    return float(2 * np.sum(have * (people.below + people.w / 2)) / (people.total * _sum(have)) - 1)


def _sum(have: Floats) -> float:
    total = float(np.sum(have))
    if total <= 0:
        raise UserError("all values are 0: how they are shared cannot be said")
    return total


def gini_influence(values: npt.ArrayLike, weight: npt.ArrayLike) -> Floats:
    """How the Gini changes with each household's weight (Langel and Tille 2013, eq. 11)."""
    people = Ordered.of(values, weight)
    n, have = people.total, people.w * people.y
    middle, have_up_to = people.middle(people.w), people.middle(have)
    total = _sum(have)
    g = _gini(people)
    raw = 2 * (middle * people.y - have_up_to) + total - n * people.y - g * (total + n * people.y)
    return people.back(raw / (n * total))


def lorenz(values: npt.ArrayLike, weight: npt.ArrayLike, shares: Sequence[float]) -> Floats:
    """The share of all that the poorest so many have, for each of these shares of people."""
    people = Ordered.of(values, weight)
    return _lorenz(people, np.asarray(shares, dtype=np.float64))


def _lorenz(people: Ordered, shares: Floats) -> Floats:
    have = np.cumsum(people.w * people.y)
    reached = np.concatenate([[0.0], people.below + people.w]) / people.total
    return np.interp(shares, reached, np.concatenate([[0.0], have / _sum(have[-1:])]))


def lorenz_influence(values: npt.ArrayLike, weight: npt.ArrayLike, share: float) -> Floats:
    """How the share of the poorest changes with each household's weight.

    Langel and Tille (2011), Metron 69, 45-65: ((y - q) [y <= q] + share * q - L y) / Y.
    """
    people = Ordered.of(values, weight)
    q = _quantile(people, share)
    total = _sum(people.w * people.y)
    has = float(_lorenz(people, np.array([share]))[0])
    y = people.y
    return people.back((np.minimum(y - q, 0.0) + share * q - has * y) / total)


def quantile_shares(values: npt.ArrayLike, weight: npt.ArrayLike, parts: int = 5) -> Floats:
    """The share of all that each fifth (or other part) of the people has, poorest first.

    A household on the border is divided between both, so that every part is as large.
    """
    return np.diff(lorenz(values, weight, np.linspace(0.0, 1.0, parts + 1)))


def quantile_share_influences(
    values: npt.ArrayLike, weight: npt.ArrayLike, parts: int = 5
) -> list[Floats]:
    """How each part's share changes with each household's weight."""
    borders = np.linspace(0.0, 1.0, parts + 1)[1:-1]
    inner = [lorenz_influence(values, weight, border) for border in borders]
    none = np.zeros(len(np.asarray(values)))
    edges = [none, *inner, none]
    return [after - before for before, after in pairwise(edges)]


def quintile_share_ratio(values: npt.ArrayLike, weight: npt.ArrayLike) -> float:
    """What the richest fifth has for each unit of the poorest fifth (S80/S20).

    Eurostat's: all above the 80 % quantile over all up to the 20 % quantile, whole households.
    """
    people = Ordered.of(values, weight)
    poorest, richest = _ends(people)
    return richest / poorest


def _ends(people: Ordered) -> tuple[float, float]:
    """What those up to the first, and those above the last border have."""
    have = people.w * people.y
    low, high = _quantile(people, FIFTH), _quantile(people, 1 - FIFTH)
    poorest = float(np.sum(have[people.y <= low]))
    if poorest <= 0:
        raise UserError("the poorest fifth has nothing: the quintile share ratio has no value")
    return poorest, float(np.sum(have[people.y > high]))


def quintile_share_ratio_influence(values: npt.ArrayLike, weight: npt.ArrayLike) -> Floats:
    """How the ratio changes with each household's weight (Osier 2009, section 3.4)."""
    people = Ordered.of(values, weight)
    y = people.y
    poorest, richest = _ends(people)
    low, high = _quantile(people, FIFTH), _quantile(people, 1 - FIFTH)
    of_poorest = np.minimum(y - low, 0.0) + FIFTH * low
    of_richest = y - (np.minimum(y - high, 0.0) + (1 - FIFTH) * high)
    return people.back((of_richest - richest / poorest * of_poorest) / poorest)
