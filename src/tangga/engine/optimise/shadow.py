"""What one step more of something scarce would bring: its price, and the plan solved again with it.

A price holds for a small step only. So the step that an officer thinks in (a billion rupiah, a
hundred hours, ten places) is solved again, and both are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tangga.engine.optimise.problem import Effects, Floats, Limit
from tangga.engine.optimise.solve import TOLERANCE, Solution, solve, with_more

MOST = ((50_000, 200), (1_000_000, 12))
"""Columns of a problem -> so many limits, those with most to gain by their price, are solved
again."""
LEAST = 3
"""So many of a larger one."""


@dataclass(frozen=True)
class Shadow:
    """A scarce limit. number: of the limit. step: how much more is thought of. priced: what the
    price says it would bring. brings: what the plan solved again brings more, and graduations: how
    many lasting ones of that; None where it was not solved again. usable: of the step, what the
    plan solved again makes use of; binds: what binds where that is less than the step.
    """

    number: int
    limit: Limit
    step: float
    priced: float
    brings: float | None = None
    graduations: float | None = None
    usable: float | None = None
    binds: tuple[str, ...] = ()


def shadows(solution: Solution, steps: dict[str, float] | None = None) -> tuple[Shadow, ...]:
    """The scarce limits, those with most to gain by a step first. steps: of what -> how much."""
    sizes = STEPS if steps is None else steps
    limits = solution.problem.limits
    found = [
        Shadow(n, one, sizes[one.what], float(solution.prices[n] * sizes[one.what]))
        for n, one in enumerate(limits)
        if one.what in sizes and solution.prices[n] * sizes[one.what] > TOLERANCE
    ]
    found.sort(key=lambda one: (-one.priced, one.number))
    before = lasting(solution.problem.effects, solution.families)
    size = solution.families.size
    most = next((many for columns, many in MOST if size <= columns), LEAST)
    again = [_again(one, solution, before) for one in found[:most]]
    again.sort(key=lambda one: (-(one.brings or 0.0), one.number))
    return (*again, *found[most:])


STEPS = {"budget": 1e9, "hours": 100.0, "places": 10.0}
"""What more is thought of: a billion rupiah, a hundred hours, ten places."""


def _again(one: Shadow, solution: Solution, before: float) -> Shadow:
    more = solve(with_more(solution.problem, one.number, one.step))
    if not isinstance(more, Solution):
        return one
    after = lasting(more.problem.effects, more.families)
    gained = more.value - solution.value
    usable = _usable(one, solution, more)
    binds = _binds(one, more) if usable < one.step - TOLERANCE else ()
    return Shadow(
        one.number, one.limit, one.step, one.priced, gained, after - before, usable, binds
    )


def _usable(one: Shadow, before: Solution, after: Solution) -> float:
    """Of the step, what is used beyond what there was."""
    limit = one.limit
    used = (after.families[limit.areas, :, :, limit.year] * limit.uses).sum()
    return float(min(one.step, max(0.0, used - limit.capacity)))


def _binds(one: Shadow, after: Solution) -> tuple[str, ...]:
    """What is used up there and then by those that draw on it."""
    ways = one.limit.uses[:, 1:].any(axis=0)
    return tuple(
        sorted(
            {
                other.what
                for n, other in enumerate(after.problem.limits)
                if n != one.number and other.year == one.limit.year
                if after.prices[n] > 0 and np.intersect1d(other.areas, one.limit.areas).size
                if (other.uses[:, 1:].any(axis=0) & ways).any()
            }
        )
    )


def lasting(effects: Effects, families: Floats) -> float:
    """Expected graduations that last, of all who start something; counted within the years."""
    return float(by_year(effects, families, effects.graduates * effects.lasts).sum())


def by_year(effects: Effects, families: Floats, each: Floats) -> Floats:
    """(T,) what activities bring in the year in which they end; where the first year is short, one
    more, for what is begun in it and ends after the last. each: (S, K) a family."""
    years = families.shape[3]
    brought = np.zeros(years + (effects.ends_first is not None))
    for year in range(years):
        started = np.einsum("ask,sk->k", families[:, :, 1:, year], each)
        counts = year + effects.years <= years
        np.add.at(brought, effects.ends(year)[counts], started[counts])
    return brought
