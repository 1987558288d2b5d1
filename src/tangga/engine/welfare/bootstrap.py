"""Intervals by resampling whole clusters within their strata.

Of the n clusters of a stratum, n - 1 are drawn with replacement, and each household's weight is
multiplied by n / (n - 1) times how often its cluster came (Rao and Wu, "Resampling inference with
complex survey data", JASA 1988). Drawing all n would tell too narrow an interval where a stratum
has few clusters. A stratum with one cluster cannot be resampled: all such strata are taken as one;
a single one is put with the stratum that has fewest clusters.

An interval is the percentile range of the repeats, widened to the value itself where that lies
beyond it: with few clusters the repeats of a figure such as R2 lean to one side, and a range that
denies its own value helps nobody. With fewer than `FREE` clusters beyond one a stratum there are so
few different samples to draw that no range is told at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from tangga.engine.welfare.columns import Floats, Ints

LOW, HIGH = 2.5, 97.5
"""Percentiles between which 95 % of the repeats lie."""
FREE = 4
"""Clusters beyond one a stratum (five clusters in one stratum) from which on a range is told."""
ENOUGH = 0.5
"""The part of the repeats in which a figure must be defined to be given an interval."""

Progress = Callable[[str, int, int], None]
"""What is told of work that takes long: step, done, of how many."""


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % interval; None where it is not defined."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def as_dict(self) -> dict[str, float | None]:
        """`value`, `low`, `high`."""
        return {"value": self.value, "low": self.low, "high": self.high}


def resampled(cluster: Ints, stratum: Ints, repeats: int, seed: int) -> Iterator[Floats]:
    """For each repeat, the factor of each household's weight; none with fewer than two clusters.

    The factors depend on seed, clusters and strata, not on the order of rows.
    """
    clusters, of_row = np.unique(cluster, return_inverse=True)
    if len(clusters) < 2:
        return
    strata = _pooled(first_of(stratum, of_row, len(clusters)))
    members = [np.flatnonzero(strata == one) for one in np.unique(strata)]
    random = np.random.default_rng(seed)
    for _ in range(repeats):
        factor = np.empty(len(clusters))
        for places in members:
            n = len(places)
            drawn = np.bincount(random.integers(0, n, n - 1), minlength=n)
            factor[places] = drawn * (n / (n - 1))
        yield factor[of_row]


def first_of(values: Ints, of_row: Ints, groups: int) -> Ints:
    """The least value of each group: the stratum of a cluster that lies in several."""
    found = np.full(groups, np.iinfo(np.int64).max)
    np.minimum.at(found, of_row, values)
    return found


def tells(cluster: Ints, stratum: Ints) -> bool:
    """Whether there are clusters enough, beyond one a stratum, to tell a range at all."""
    clusters, of_row = np.unique(cluster, return_inverse=True)
    if not len(clusters):
        return False
    strata = _pooled(first_of(stratum, of_row, len(clusters)))
    return len(clusters) - len(np.unique(strata)) >= FREE


def lonely(cluster: Ints, stratum: Ints) -> int:
    """Strata with a single cluster."""
    clusters, of_row = np.unique(cluster, return_inverse=True)
    strata = first_of(stratum, of_row, len(clusters))
    return int(np.count_nonzero(np.unique(strata, return_counts=True)[1] == 1))


def _pooled(stratum: Ints) -> Ints:
    strata, counts = np.unique(stratum, return_counts=True)
    alone = np.isin(stratum, strata[counts == 1])
    if alone.sum() == 1 and len(strata) > 1:
        others = np.flatnonzero(counts > 1)
        smallest = strata[others[np.argmin(counts[others])]]
        return np.where(alone, smallest, stratum)
    return np.where(alone, strata.min() - 1, stratum)


def intervals(
    measure: Callable[[Floats], Mapping[str, float]],
    weight: Floats,
    factors: Iterator[Floats],
    progress: Callable[[int], None] | None = None,
) -> dict[str, Estimate]:
    """Each figure with its interval over the repeats (see `estimate`).

    measure: figures by name for given weights (the same names each time; NaN: not defined).
    progress: called with the number of repeats done.
    """
    found = measure(weight)
    repeats = []
    for done, factor in enumerate(factors, 1):
        again = measure(weight * factor)
        repeats.append([again[name] for name in found])
        if progress is not None:
            progress(done)
    columns = np.array(repeats, dtype=float).reshape(len(repeats), len(found))
    return {
        name: estimate(value, columns[:, place])
        for place, (name, value) in enumerate(found.items())
    }


def estimate(value: float, repeats: Floats) -> Estimate:
    """A figure with the interval of its repeats, which always holds it; NaN among them is left out.

    The percentiles between which 95 % of the repeats lie, widened to the value where it is beyond.
    """
    if np.isnan(value):
        return Estimate(None)
    defined = repeats[~np.isnan(repeats)]
    if len(defined) == 0 or len(defined) < ENOUGH * len(repeats):
        return Estimate(float(value))
    low, high = np.percentile(defined, (LOW, HIGH))
    return Estimate(float(value), min(float(low), value), max(float(high), value))
