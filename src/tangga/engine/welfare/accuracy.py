"""How good a ranking is, in weighted figures; every function is exact for ties and for weights.

Whoever is "among the poorest 40 %" is told by shares: a household that the line cuts through, or
all that are tied at it, count with the part of their weight that is still within. So the poorest
40 % are 40 % of the people to the last digit, and no figure hangs on the order of rows.

A household without a score is never chosen, and never dropped: the poor among such households are
missed. Figures of the score itself (R2, AUC, rank correlation, calibration) speak of the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tangga.engine.welfare.columns import Floats, Ints, Mask

FIFTHS = 5
UNDEFINED = float("nan")


@dataclass(frozen=True)
class Ranks:
    """Values in order, ties together. place: of each household, from 0, the lowest value; those not
    known share the last place. places: how many. known: whose value is known."""

    place: Ints
    places: int
    known: Mask

    @classmethod
    def of(cls, values: Floats) -> Ranks:
        """Ranks of numbers; NaN is not known."""
        known = ~np.isnan(values)
        found, place = np.unique(values, return_inverse=True)
        return cls(place.astype(np.int64), max(len(found), 1), known)

    def sums(self, weight: Floats) -> Floats:
        """The weight at each place."""
        return np.bincount(self.place, weights=weight, minlength=self.places)

    def within(self, weight: Floats, share: float) -> Floats:
        """The part of each household, 0 to 1, that is among this share of the lowest.

        The share is of the weight of those that are known; who is not known is not among them.
        """
        weight = np.where(self.known, weight, 0.0)
        here = self.sums(weight)
        quota, below = share * here.sum(), np.cumsum(here) - here
        part = np.divide(quota - below, here, out=(quota > below) * 1.0, where=here > 0)
        return np.where(self.known, np.clip(part, 0.0, 1.0)[self.place], 0.0)

    def middle(self, weight: Floats) -> Floats:
        """The share of the known weight below each household, half of those tied counted."""
        weight = np.where(self.known, weight, 0.0)
        here = self.sums(weight)
        return _ratio(np.cumsum(here) - here / 2, here.sum())[self.place]


@dataclass(frozen=True)
class Targeting:
    """Who is missed and who is helped by mistake, as shares from 0 to 1; NaN where undefined.

    exclusion: of the truly poor, those not chosen. inclusion: of the chosen, those not truly poor.
    total: of all, those wrongly placed either way. chosen: of all, those chosen.
    """

    exclusion: float
    inclusion: float
    total: float
    chosen: float


def targeting(poor: Floats, chosen: Floats, weight: Floats) -> Targeting:
    """Errors of choosing. poor, chosen: the part of each household, 0 to 1, that is so.

    Where a line cuts through a household both ways, the two parts are taken as independent.
    """
    both, all_ = float(np.sum(weight * poor * chosen)), float(weight.sum())
    truly, taken = float(np.sum(weight * poor)), float(np.sum(weight * chosen))
    return Targeting(
        exclusion=_ratio(truly - both, truly),
        inclusion=_ratio(taken - both, taken),
        total=_ratio(truly + taken - 2 * both, all_),
        chosen=_ratio(taken, all_),
    )


def bpac(poor: Floats, chosen: Floats, weight: Floats) -> float:
    """Balanced poverty accuracy criterion, in shares of the truly poor: 1 is perfect.

    Poverty accuracy - |undercoverage - leakage|: of the truly poor the share chosen, less the
    difference between the truly poor who are missed and the others who are chosen, both as shares
    of the truly poor (IRIS Center, University of Maryland, "Note on Assessment and Improvement of
    Tool Accuracy", 2005). Below 0 where errors are many and one-sided; NaN where nobody is poor.
    """
    truly = float(np.sum(weight * poor))
    found = float(np.sum(weight * poor * chosen))
    leaked = float(np.sum(weight * chosen)) - found
    return _ratio(found - abs((truly - found) - leaked), truly)


def r2(outcome: Floats, score: Floats, weight: Floats) -> float:
    """The part of the outcome's weighted variance that the score tells: 1 - residual / total.

    Of what is modelled (the logarithm where that is modelled). Below 0 where an average would do
    better; NaN where the outcome does not vary.
    """
    known = ~np.isnan(score)
    y, w = outcome[known], weight[known]
    mean = _ratio(float(np.sum(w * y)), float(w.sum()))
    spread = float(np.sum(w * np.square(y - mean)))
    # Equal outcomes differ from their mean by rounding; that is no variance.
    if not spread > 1e-20 * float(np.sum(w * np.square(y))):
        return UNDEFINED
    return 1 - float(np.sum(w * np.square(y - score[known]))) / spread


def auc(poor: Floats, ranks: Ranks, weight: Floats) -> float:
    """The chance that a truly poor one has a lower score than one who is not; ties count half.

    poor: the part of each household that is truly poor. NaN where all are poor, or nobody.
    """
    weight = np.where(ranks.known, weight, 0.0)
    of_poor, of_others = ranks.sums(weight * poor), ranks.sums(weight * (1 - poor))
    above = of_others.sum() - np.cumsum(of_others)
    won = float(np.sum(of_poor * (above + of_others / 2)))
    return _ratio(won, float(of_poor.sum() * of_others.sum()))


def rank_correlation(outcome: Ranks, score: Ranks, weight: Floats) -> float:
    """Spearman's, weighted: the correlation of places, those tied standing in their middle."""
    weight = np.where(score.known & outcome.known, weight, 0.0)
    total = float(weight.sum())
    x, y = outcome.middle(weight), score.middle(weight)
    x = x - _ratio(float(np.sum(weight * x)), total)
    y = y - _ratio(float(np.sum(weight * y)), total)
    of_both = float(np.sum(weight * np.square(x)) * np.sum(weight * np.square(y)))
    return _ratio(float(np.sum(weight * x * y)), np.sqrt(of_both))


def parts_of(ranks: Ranks, weight: Floats, parts: int) -> Ints:
    """The fifth (tenth, ...) of each household, from 0, by the middle of those tied with it; -1
    where it is not known."""
    part = np.floor(parts * np.nan_to_num(ranks.middle(weight))).astype(np.int64)
    return np.where(ranks.known, np.minimum(part, parts - 1), -1)


def means(of: Floats, group: Ints, groups: int, weight: Floats) -> Floats:
    """The weighted mean of each group, NaN where it has no weight; group -1 is left out."""
    inside = group >= 0
    total = np.bincount(group[inside], weights=weight[inside], minlength=groups)
    summed = np.bincount(group[inside], weights=(weight * of)[inside], minlength=groups)
    return _ratio(summed, total)


def _ratio(part: Floats | float, whole: Floats | float) -> Floats | float:
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(np.asarray(whole) > 0, np.divide(part, whole), UNDEFINED)
    return found if found.ndim else float(found)
