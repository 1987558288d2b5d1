"""How many are poor, how far below the line, and how unequally: FGT, and the relative line.

Foster, Greer, Thorbecke (1984), Econometrica 52(3): P_a = mean of ((line - y) / line)^a over all
people, those at or above the line counting 0. P0 is the share of the poor, P1 the mean gap, P2
gives more weight to who is far below.

The relative line is that of EU-SILC (Eurostat 2004, doc. 131-rev/04, as written out in Alfons and
Templ 2013, Journal of Statistical Software 54(15), sections 3-4): 60 % of the weighted median.
Influence functions: Deville (1999), Survey Methodology 25, 193-203; Osier (2009), Survey Research
Methods 3(3), 167-195.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tangga.engine.measures.values import Floats, Ordered, checked, checked_line
from tangga.errors import UserError

OF_MEDIAN = 0.6
"""The share of the median below which somebody is at risk of poverty."""


@dataclass(frozen=True)
class Poverty:
    """Share of the poor, mean gap, mean squared gap; each a share of 1."""

    p0: float
    p1: float
    p2: float


def gaps(values: npt.ArrayLike, line: npt.ArrayLike, alpha: float) -> Floats:
    """What each adds to P_alpha: ((line - y) / line)^alpha below the line, 0 from there on."""
    if alpha < 0:
        raise UserError(f"alpha is {alpha}: it must be 0 or more")
    y = np.asarray(values, dtype=np.float64)
    z = checked_line(line, y)
    poor = y < z
    if alpha == 0:
        return poor.astype(np.float64)
    return np.where(poor, np.maximum(1 - y / z, 0.0) ** alpha, 0.0)


def fgt(
    values: npt.ArrayLike, weight: npt.ArrayLike, line: npt.ArrayLike, alpha: float = 0
) -> float:
    """P_alpha of Foster, Greer and Thorbecke, as a share of 1.

    values: of each household, per person, in any unit; weight: the people (or households) that it
    stands for; line: in the same unit, one for all or one each. Raises UserError for values,
    weights or lines that no measure can be made of.
    """
    y, w = checked(values, weight)
    return float(np.sum(w * gaps(y, line, alpha)) / np.sum(w))


def poverty(values: npt.ArrayLike, weight: npt.ArrayLike, line: npt.ArrayLike) -> Poverty:
    """P0, P1 and P2 at once; see `fgt`."""
    y, w = checked(values, weight)
    z = checked_line(line, y)
    poor = y < z
    w_poor = w[poor]
    gap = 1 - y[poor] / (z[poor] if z.ndim else z)
    total = float(np.sum(w))
    lacking = w_poor * gap
    sums = (float(np.sum(each)) for each in (w_poor, lacking, lacking * gap))
    return Poverty(*(each / total for each in sums))


def fgt_influence(
    values: npt.ArrayLike, weight: npt.ArrayLike, line: npt.ArrayLike, alpha: float = 0
) -> Floats:
    """How P_alpha changes with each household's weight, the line being given."""
    y, w = checked(values, weight)
    each, total = gaps(y, line, alpha), np.sum(w)
    return (each - np.sum(w * each) / total) / total


def weighted_quantile(values: npt.ArrayLike, weight: npt.ArrayLike, share: float) -> float:
    """The value below which this share of the weight lies, as Eurostat defines it.

    The first value at which the summed weight exceeds the share; the mean of it and the one before
    where the sum meets the share exactly (Alfons and Templ 2013, eq. 1).
    """
    people = Ordered.of(values, weight)
    return _quantile(people, share)


def _quantile(people: Ordered, share: float) -> float:
    if not 0 <= share <= 1:
        raise UserError(f"a quantile is asked for at {share}: it must be from 0 to 1")
    held = np.flatnonzero(people.w > 0)
    y, reached = people.y[held], np.cumsum(people.w[held])
    # Sums of decimal weights miss the exact share by rounding: what is that near, meets it.
    wanted = share * reached[-1]
    near = np.isclose(reached, wanted, rtol=1e-12, atol=0)
    place = int(np.flatnonzero(near | (reached > wanted))[0])
    if near[place] and place + 1 < len(y):
        return float((y[place] + y[place + 1]) / 2)
    return float(y[place])


def median(values: npt.ArrayLike, weight: npt.ArrayLike) -> float:
    """The weighted median; see `weighted_quantile`."""
    return weighted_quantile(values, weight, 0.5)


def at_risk_threshold(
    values: npt.ArrayLike, weight: npt.ArrayLike, *, of_median: float = OF_MEDIAN
) -> float:
    """The at-risk-of-poverty threshold: this share of the weighted median, in the values' unit."""
    return of_median * median(values, weight)


def at_risk_rate(
    values: npt.ArrayLike, weight: npt.ArrayLike, *, of_median: float = OF_MEDIAN
) -> float:
    """The share of people below the at-risk-of-poverty threshold."""
    threshold = _positive_threshold(at_risk_threshold(values, weight, of_median=of_median))
    return fgt(values, weight, threshold, 0)


def threshold_influence(
    values: npt.ArrayLike, weight: npt.ArrayLike, *, of_median: float = OF_MEDIAN
) -> Floats:
    """How the threshold changes with each household's weight (Osier 2009, sections 3.1, 3.2)."""
    y, w = checked(values, weight)
    middle = median(y, w)
    total = np.sum(w)
    return -of_median / density(y, w, middle) * ((y <= middle) - 0.5) / total


def at_risk_influence(
    values: npt.ArrayLike, weight: npt.ArrayLike, *, of_median: float = OF_MEDIAN
) -> Floats:
    """How the rate changes with each household's weight, the threshold moving with the median."""
    y, w = checked(values, weight)
    threshold = _positive_threshold(at_risk_threshold(y, w, of_median=of_median))
    moved = density(y, w, threshold) * threshold_influence(y, w, of_median=of_median)
    return fgt_influence(y, w, threshold, 0) + moved


def density(values: Floats, weight: Floats, at: float) -> float:
    """The density of people at a value, by a normal kernel.

    Its width is Silverman's (1986, eq. 3.31), 0.9 times the lesser of standard deviation and
    quartile range / 1.34, times n^(-1/5), n being the effective number of households (Kish). Osier
    (2009) takes sd * N^(-1/5), N the sum of weights, which would let the unit of weights matter.
    """
    total = np.sum(weight)
    mean = np.sum(weight * values) / total
    spread = np.sqrt(np.sum(weight * (values - mean) ** 2) / total)
    if spread == 0:
        raise UserError("all values are the same: nothing can be said about their spread")
    people = Ordered.of(values, weight)
    quartiles = (_quantile(people, 0.75) - _quantile(people, 0.25)) / 1.34
    effective = total**2 / np.sum(weight**2)
    width = 0.9 * (min(spread, quartiles) or spread) * effective**-0.2
    height = np.exp(-(((at - values) / width) ** 2) / 2) / np.sqrt(2 * np.pi)
    return float(np.sum(weight * height) / (total * width))


def _positive_threshold(threshold: float) -> float:
    if threshold <= 0:
        raise UserError("half of the people have nothing: there is no relative poverty line")
    return threshold


def class_weights(
    values: npt.ArrayLike, weight: npt.ArrayLike, line: npt.ArrayLike, cuts: Sequence[float]
) -> Floats:
    """The weight of each class between multiples of the poverty line: one more than cuts.

    cuts: rising multiples, such as 1, 1.5, 3.5, 17. A household at a cut is in the class above, as
    nobody at the line is poor. Divided by their sum these are the shares of the classes.
    """
    y, w = checked(values, weight)
    steps = np.asarray(cuts, dtype=np.float64)
    if not len(steps) or not np.all(np.diff(steps) > 0) or not steps[0] > 0:
        raise UserError("the cuts between classes must be numbers above 0, each above the last")
    reached = y / checked_line(line, y)
    return np.bincount(np.searchsorted(steps, reached, "right"), w, minlength=len(steps) + 1)
