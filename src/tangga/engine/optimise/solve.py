"""Solves the linear programme with HiGHS, prices what is scarce, and says what breaks it.

HiGHS: Huangfu and Hall, Mathematical Programming Computation 10, 2018; through
scipy.optimize.linprog, on one thread, which gives the same corner each time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.optimize import OptimizeResult, linprog

from tangga.engine.optimise.flow import NONE, Programme, programme
from tangga.engine.optimise.problem import Floats, Ints, Limit, Problem
from tangga.errors import Conflict

TOLERANCE = 1e-6
"""Families, or shares of a limit, below which something is nothing."""

LARGE, TOGETHER = 50_000, 20
"""Columns, and areas of one limit, above which another method is faster."""
LAST = 1000.0
"""So much dearer is it that a limit gives way than that a least does."""


@dataclass(frozen=True)
class Solution:
    """families: (A, S, K + 1, T) that start an activity. value: the aim, what is lacking paid for.

    prices: for each limit and goal, what one unit of it more would bring; never negative.
    lacking: for each, by how much it is missed (priced ones only). standing: (A, S, T) what one
    family more would bring. net: (A, S, K + 1, T) what one family more in an activity would bring
    at these prices, never above 0; NaN where nobody can start it.
    """

    problem: Problem
    families: Floats
    value: float
    prices: Floats
    lacking: Floats
    standing: Floats
    net: Floats


@dataclass(frozen=True)
class Broken:
    """A limit that no plan can keep. lacking: by how much, in its own unit. against: the limits of
    that area and year that stand in the way."""

    limit: Limit
    lacking: float
    against: tuple[Limit, ...]


def solve(problem: Problem, first_year: Ints | None = None) -> Solution | tuple[Broken, ...]:
    """The best plan; or, where no plan keeps all limits, which break it.

    first_year: (A, S, K + 1) families that are settled for the first year.
    """
    built = programme(problem)
    fixed = None if first_year is None else _fixed(built, first_year)
    scale = _scale(built.limits)
    found = _highs(-built.gain, built, scale, fixed, _method(problem, built))
    if found.status == 2:
        return broken(problem, built)
    if found.status != 0:
        raise Conflict(f"HiGHS found no plan: {found.message}")
    return _solution(problem, built, scale, found)


def with_more(problem: Problem, number: int, more: float) -> Problem:
    """The same problem with so much more of one limit."""
    limits = list(problem.limits)
    limits[number] = replace(limits[number], capacity=limits[number].capacity + more)
    return replace(problem, limits=tuple(limits))


def _scale(limits: sparse.csr_array) -> Floats:
    """The largest use in each limit: solved in units of one family, not of one rupiah."""
    largest = abs(limits).max(axis=1).toarray().ravel()
    return np.where(largest > 0, largest, 1.0)


def _method(problem: Problem, built: Programme) -> str:
    """Dual simplex; where many areas hang together through a limit, an interior point, then the
    corner beside it: simplex was seen to take three times as long there."""
    together = any(len(limit.areas) > TOGETHER for limit in problem.limits)
    return "highs-ipm" if together and len(built.gain) > LARGE else "highs-ds"


def _highs(
    cost: Floats, built: Programme, scale: Floats, fixed: Floats | None, method: str = "highs-ds"
) -> OptimizeResult:
    bounds = (0, None) if fixed is None else fixed
    many = len(built.capacity)
    return linprog(
        cost,
        A_ub=sparse.diags_array(1 / scale) @ built.limits if many else None,
        b_ub=built.capacity / scale if many else None,
        A_eq=built.balance,
        b_eq=built.stock,
        bounds=bounds,
        method=method,
    )


def _fixed(built: Programme, first_year: Ints) -> Floats:
    """Lower and upper bounds: the columns of the first year stand, the others are free."""
    bounds = np.stack([np.zeros(len(built.gain)), np.full(len(built.gain), np.inf)], axis=1)
    numbers = built.column[:, :, :, 0]
    there = numbers != NONE
    bounds[numbers[there]] = first_year[there][:, None]
    return bounds


def _solution(problem: Problem, built: Programme, scale: Floats, found: OptimizeResult) -> Solution:
    prices = -found.ineqlin.marginals / scale if len(scale) else np.zeros(0)
    standing = -found.eqlin.marginals
    net = built.gain - built.balance.T @ standing
    net = net - built.limits.T @ prices if len(scale) else net
    there = built.column != NONE
    families, nets = np.zeros(there.shape), np.full(there.shape, np.nan)
    families[there] = np.maximum(found.x[built.column[there]], 0)
    nets[there] = net[built.column[there]]
    lacking = np.where(built.soft != NONE, found.x[np.maximum(built.soft, 0)], 0.0)
    stands = np.where(built.row != NONE, standing[np.maximum(built.row, 0)], 0.0)
    return Solution(problem, families, -found.fun, np.maximum(prices, 0), lacking, stands, nets)


def broken(problem: Problem, built: Programme) -> tuple[Broken, ...]:
    """The hard limits that have to give way, as little as can be, for there to be any plan.

    Each hard limit gets a column of what is lacking, counted in families; their sum is made least.
    What has to be begun gives way before money, hours and places do: those can always be kept by
    beginning nothing, unless what is reserved first exceeds them.
    """
    scale = _scale(built.limits)
    (hard,) = np.nonzero(built.soft == NONE)
    many, width = len(hard), len(built.gain)
    give = sparse.csr_array(
        sparse.coo_array((-scale[hard], (hard, np.arange(many))), shape=(len(scale), many))
    )
    rows = len(built.stock)
    stretched = replace(
        built,
        limits=sparse.csr_array(sparse.hstack([built.limits, give])),
        balance=sparse.csr_array(sparse.hstack([built.balance, sparse.csr_array((rows, many))])),
    )
    least = np.array([problem.limits[n].uses.min() < 0 for n in hard])
    cost = np.concatenate([np.zeros(width), np.where(least, 1.0, LAST)])
    found = _highs(cost, stretched, scale, None, _method(problem, built))
    if found.status != 0:
        raise Conflict(f"HiGHS found no plan, nor why: {found.message}")
    tight = hard[-found.ineqlin.marginals[hard] > TOLERANCE]
    lacks = [n for n, so_much in zip(hard, found.x[width:], strict=True) if so_much > TOLERANCE]
    return tuple(
        Broken(
            problem.limits[n],
            float(found.x[width + int(np.searchsorted(hard, n))] * scale[n]),
            tuple(problem.limits[o] for o in tight if o not in lacks and _meet(problem, n, o)),
        )
        for n in lacks
    )


def _meet(problem: Problem, one: int, other: int) -> bool:
    """Whether two limits are of one year and share an area."""
    a, b = problem.limits[one], problem.limits[other]
    return a.year == b.year and bool(np.intersect1d(a.areas, b.areas).size)
