"""Whether one set of predictions is better than another, or only luckier.

Both are judged on the same households, so what counts is the difference household by household;
and households of one cluster are lucky together, so its standard error is that of cluster totals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tangga.engine.measures.design import Design
from tangga.engine.welfare.columns import Floats, Ints


@dataclass(frozen=True)
class Gain:
    """By how much a loss became smaller: its mean, and the standard error of that.

    before: the mean loss before. clusters: how many there are to judge by. A standard error of NaN
    (one cluster) lets no gain be beyond noise.
    """

    mean: float
    standard_error: float
    before: float
    clusters: int

    def beyond(self, errors: float = 1.0) -> bool:
        """Whether the gain is more than so many standard errors."""
        return bool(self.mean > errors * self.standard_error)

    def as_dict(self) -> dict[str, float | int | None]:
        """JSON-plain; a standard error that cannot be told is None."""
        error = None if np.isnan(self.standard_error) else self.standard_error
        return {
            "gain": self.mean,
            "standard_error": error,
            "before": self.before,
            "clusters": self.clusters,
        }


def gain(
    before: Floats, after: Floats, weight: Floats, cluster: Ints, stratum: Ints | None = None
) -> Gain:
    """The weighted mean of before - after, with its standard error from totals of clusters.

    before, after: the loss of each household (squared error; missed or not) under two sets of
    out-of-fold predictions; a household where either is NaN is left out. The error is the
    linearised one of a ratio of totals, clusters within strata (Wolter, "Introduction to Variance
    Estimation", 2007, ch. 6; without a correction for a finite population).
    """
    known = ~(np.isnan(before) | np.isnan(after))
    weight, cluster = weight[known], cluster[known]
    better, total = (before - after)[known], float(weight.sum())
    if not total > 0:
        return Gain(float("nan"), float("nan"), float("nan"), 0)
    mean = float(np.sum(weight * better)) / total
    strata = None if stratum is None else stratum[known]
    design = Design.of(len(better), cluster=cluster, stratum=strata)
    influence = (better - mean) / total
    return Gain(
        mean=mean,
        standard_error=design.error(influence, weight) if design.tells() else float("nan"),
        before=float(np.sum(weight * before[known])) / total,
        clusters=design.clusters,
    )
