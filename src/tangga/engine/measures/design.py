"""How sure a figure of a survey is: standard errors that follow how the survey was drawn.

Taylor linearisation: the influence of each household on the figure, times its weight, is summed
within each cluster; the figure's variance is that of the sum of these over clusters drawn (as if
with replacement) within strata: sum over h of n_h / (n_h - 1) * sum of (t_hc - mean_h)^2. Woodruff
(1971), JASA 66; Deville (1999), Survey Methodology 25; Lumley (2004), Journal of Statistical
Software 9(8).

A stratum with one cluster says nothing about its own spread: its cluster is centred at the mean of
all clusters (n_h / (n_h - 1) taken as 1), which errs to the safe side. How many there are is
counted. `adjust` is R's name for this rule (survey.lonely.psu).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tangga.engine.measures.values import Floats, Ints, Mask
from tangga.errors import UserError

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Design:
    """How households were drawn. cluster: which cluster each is in, numbered from 0, no cluster in
    two strata; stratum: of each cluster. Made by `Design.of`."""

    cluster: Ints
    stratum: Ints

    @classmethod
    def of(
        cls,
        households: int,
        *,
        cluster: npt.ArrayLike | None = None,
        stratum: npt.ArrayLike | None = None,
    ) -> Design:
        """A design from what is known of each household.

        cluster None: each household was drawn by itself. stratum None: one stratum. The same number
        of a cluster in two strata means two clusters.
        """
        alone = np.arange(households)
        of_cluster = alone if cluster is None else _codes(cluster, households, "cluster")
        of_stratum = (
            np.zeros_like(alone) if stratum is None else _codes(stratum, households, "stratum")
        )
        both = of_stratum * (of_cluster.max(initial=0) + 1) + of_cluster
        _, first, numbers = np.unique(both, return_index=True, return_inverse=True)
        return cls(numbers.astype(np.int64), of_stratum[first].astype(np.int64))

    @property
    def clusters(self) -> int:
        """How many clusters were drawn."""
        return len(self.stratum)

    @property
    def sizes(self) -> Ints:
        """Clusters of each stratum, by its number; 0 for a number that none has."""
        return np.bincount(self.stratum)

    @property
    def strata(self) -> int:
        """How many strata there are."""
        return int(np.count_nonzero(self.sizes))

    @property
    def lonely(self) -> int:
        """Strata in which one cluster was drawn."""
        return int(np.count_nonzero(self.sizes == 1))

    def freedom(self, within: Mask | None = None) -> int:
        """Degrees of freedom: clusters less strata, of those that hold anybody of a group."""
        held = slice(None) if within is None else np.unique(self.cluster[within])
        stratum = self.stratum[held]
        return len(stratum) - len(np.unique(stratum))

    def tells(self, within: Mask | None = None) -> bool:
        """Whether there are two clusters at least, of a group, so that they can differ."""
        if within is None:
            return self.clusters > 1
        found = self.cluster[within]
        return len(found) > 0 and bool(found.min() < found.max())

    def error(self, influence: Floats, weight: Floats) -> float:
        """The standard error of a figure with this influence of each household.

        Raises UserError where there is one cluster only: it cannot vary.
        """
        if self.clusters < 2:
            todo = "A standard error needs several clusters; name the column of clusters, or none"
            raise UserError("the survey has one cluster only", todo=todo)
        sums = np.bincount(self.cluster, influence * weight, minlength=self.clusters)
        sizes = self.sizes
        alone = sizes == 1
        means = np.bincount(self.stratum, sums) / np.maximum(sizes, 1)
        means[alone] = sums.mean()
        factor = np.where(alone, 1.0, sizes / np.maximum(sizes - 1, 1))
        squares = np.bincount(self.stratum, (sums - means[self.stratum]) ** 2)
        return float(np.sqrt(np.sum(factor * squares)))


def _codes(values: npt.ArrayLike, households: int, what: str) -> Ints:
    given = np.asarray(values)
    if given.shape != (households,):
        raise UserError(f"{given.size} numbers of a {what} for {households} households")
    return np.unique(given, return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True)
class Estimate:
    """A figure and how sure it is. error: its standard error; low, high: the bounds of its 95 %
    confidence interval; all three None where the survey cannot tell, as it holds one cluster of
    those it speaks of. households: of the survey, on which it rests."""

    value: float
    error: float | None
    low: float | None
    high: float | None
    households: int


def estimate(
    value: float,
    influence: Floats,
    weight: Floats,
    design: Design,
    *,
    share: bool = False,
    within: Mask | None = None,
) -> Estimate:
    """A figure with its standard error and confidence interval, by Student's t.

    influence: of each household of the whole survey, 0 outside a group: the clusters of the group
    are no sample of their own. share: the figure is a share of people, whose interval is laid on
    the logit scale and stays within 0 and 1 (Korn and Graubard 1998, Survey Methodology 24). A
    share of which the survey saw none, or nothing else, has no error that it could tell.
    within: the households on which the figure rests (None: all); a group has the degrees of freedom
    of the clusters and strata that hold any of it, at least 1.
    """
    households = len(weight) if within is None else int(np.count_nonzero(within))
    if not design.tells(within) or (share and not 0 < value < 1):
        return Estimate(value, None, None, None, households)
    error = design.error(influence, weight)
    reach = _student(max(design.freedom(within), 1)) * error
    if not share:
        return Estimate(value, error, value - reach, value + reach, households)
    middle, wide = np.log(value / (1 - value)), reach / (value * (1 - value))
    low, high = (float(1 / (1 + np.exp(-(middle + side * wide)))) for side in (-1, 1))
    return Estimate(value, error, low, high, households)


def ratio(
    numerator: Floats,
    denominator: Floats,
    weight: Floats,
    design: Design,
    *,
    share: bool = False,
    within: Mask | None = None,
) -> Estimate | None:
    """Sum over sum, with weights; None where the lower sum is 0. See `estimate`.

    within: only these households count in both sums.
    """
    if within is not None:
        numerator, denominator = numerator * within, denominator * within
    above, below = float(np.sum(weight * numerator)), float(np.sum(weight * denominator))
    if below == 0:
        return None
    value = above / below
    influence = (numerator - value * denominator) / below
    return estimate(value, influence, weight, design, share=share, within=within)


def _student(freedom: int) -> float:
    """How many standard errors the interval reaches to each side."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))
