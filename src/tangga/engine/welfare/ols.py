"""Weighted least squares by orthogonal triangles (QR), with directions and errors by cluster.

The matrix is reduced to a triangle once; what follows (columns that say the same, directions that
may not be crossed) works on the triangle and costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tangga.engine.welfare.columns import Floats, Ints, Mask

ROWS = 4096
"""Rows that are reduced to a triangle together: so many stay near the processor."""
SAME = 1e-6
"""A column of which less than this share is not a sum of columns before it says nothing new."""


@dataclass(frozen=True)
class Solution:
    """coefficients: one a column. kept: columns that say something new; the others have 0. held:
    columns whose coefficient would have gone against its direction, and is 0. r2: weighted share of
    the variance explained. inverse: of the weighted cross-products of the columns with a free
    coefficient (weights of mean 1)."""

    coefficients: Floats
    kept: Mask
    held: Mask
    r2: float
    inverse: Floats

    @property
    def free(self) -> Mask:
        """Columns with a coefficient of their own."""
        return self.kept & ~self.held


def solve(matrix: Floats, target: Floats, weight: Floats, signs: Floats | None = None) -> Solution:
    """Least squares of a centred target on centred columns.

    matrix: households x columns, weighted mean 0 each, as has target. weight: of households. signs:
    +1 or -1 where a coefficient may not be negative or positive, else 0.
    """
    left, right = _triangle(matrix, target, np.sqrt(weight / weight.mean()))
    kept = _new(left, len(target))
    free = kept.copy()
    found = _least(left, right, free)
    if signs is not None and (found * signs < 0).any():
        free = kept & ~_held(left, right, kept, signs)
        found = _least(left, right, free)
    total = float(right @ right)
    left_over = float(np.square(right - left @ found).sum())
    r2 = 1.0 - left_over / total if total > 0 else 0.0
    return Solution(found, kept, kept & ~free, r2, _inverse(left[:, free]))


def _triangle(matrix: Floats, target: Floats, root: Floats) -> tuple[Floats, Floats]:
    """(matrix, target) of few rows with the same least squares: the triangle of triangles."""
    columns = matrix.shape[1]
    parts = []
    for start in range(0, len(target), ROWS):
        rows = slice(start, start + ROWS)
        part = np.column_stack([matrix[rows], target[rows]]) * root[rows, None]
        parts.append(np.linalg.qr(part, mode="r"))
    triangle = parts[0] if len(parts) == 1 else np.linalg.qr(np.vstack(parts), mode="r")
    return triangle[:, :columns], triangle[:, columns]


def _new(left: Floats, rows: int) -> Mask:
    """Columns that are no sum of those before them, in the order in which they stand."""
    kept = np.zeros(left.shape[1], dtype=bool)
    basis = np.zeros((left.shape[0], 0))
    for place, column in enumerate(left.T):
        size = np.linalg.norm(column)
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)
        length = np.linalg.norm(rest)
        if size > SAME * np.sqrt(rows) * 1e-3 and length > SAME * size:
            kept[place] = True
            basis = np.column_stack([basis, rest / length])
    return kept


def _least(left: Floats, right: Floats, free: Mask) -> Floats:
    found = np.zeros(left.shape[1])
    if free.any():
        q, r = np.linalg.qr(left[:, free])
        found[free] = np.linalg.solve(r, q.T @ right)
    return found


def _held(left: Floats, right: Floats, kept: Mask, signs: Floats) -> Mask:
    """Columns whose coefficient is 0 in the best solution that keeps all directions."""
    from scipy.optimize import lsq_linear

    low = np.where(signs[kept] > 0, 0.0, -np.inf)
    high = np.where(signs[kept] < 0, 0.0, np.inf)
    found = lsq_linear(left[:, kept], right, bounds=(low, high), method="bvls", tol=1e-12)
    held = np.zeros(len(kept), dtype=bool)
    held[kept] = found.active_mask != 0
    return held


def _inverse(left: Floats) -> Floats:
    if not left.shape[1]:
        return np.zeros((0, 0))
    r = np.linalg.inv(np.linalg.qr(left, mode="r"))
    return r @ r.T


def covariance(
    solution: Solution, matrix: Floats, residual: Floats, weight: Floats, cluster: Ints
) -> Floats | None:
    """Cluster-robust covariance of all coefficients (0 for those that are not free), or None.

    Sandwich of Liang and Zeger (1986) with the usual correction for few clusters (CR1): G / (G - 1)
    * (N - 1) / (N - K), K with the intercept. Strata are not taken apart, so what separates them
    counts as chance: rather too wide, and G - 1 degrees of freedom go with it. None where there is
    one cluster, or no more households than coefficients.
    """
    free = solution.free
    clusters, place = np.unique(cluster, return_inverse=True)
    g, n, k = len(clusters), len(residual), int(free.sum()) + 1
    if g < 2 or n <= k:
        return None
    pulls = matrix[:, free] * (weight / weight.mean() * residual)[:, None]
    by_cluster = np.column_stack(
        [np.zeros((g, 0)), *(np.bincount(place, weights=pull, minlength=g) for pull in pulls.T)]
    )
    meat = by_cluster.T @ by_cluster
    found = np.zeros((len(free), len(free)))
    correction = g / (g - 1) * (n - 1) / (n - k)
    found[np.ix_(free, free)] = solution.inverse @ meat @ solution.inverse * correction
    return found
