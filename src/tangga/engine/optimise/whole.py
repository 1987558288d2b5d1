"""From the plan of the states to whole families of the first year, and how far from the best it
is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from tangga.engine.optimise.choose import choose, used
from tangga.engine.optimise.prices import NONE, Offers
from tangga.engine.optimise.problem import Flags, Floats, Ints, Limit, Problem
from tangga.engine.optimise.solve import Solution, solve
from tangga.errors import Conflict

NEARLY = 1e-6


@dataclass(frozen=True)
class Whole:
    """chosen: (F,) the intervention of each family, NONE for none. net: (F,) what it gains beyond
    continuing, net of the prices. tied: (F,) whether an equal family got another answer, so that
    the draw decided. rest: the plan with the first year so settled. bound: what no plan can exceed;
    value: what this one brings. used: for each limit of the first year, by its number, what is used
    beside what continuing uses.
    """

    chosen: Ints
    net: Floats
    tied: Flags
    rest: Solution
    bound: float
    value: float
    used: Mapping[int, int]

    @property
    def gap(self) -> float:
        """The share of the bound by which the best plan may be better than this one; 0 and up."""
        return max(0.0, self.bound - self.value) / self.bound if self.bound > 0 else 0.0


def whole_families(solution: Solution, area: Ints, state: Ints, draw: Ints) -> Whole:
    """Settle the first year for whole families.

    area, state: (F,) where each family stands. draw: (F,) the public order of the equal. The plan
    of the states says how many of each state, rounded down; what is left of the limits goes to the
    families with the most to gain, net of prices.
    """
    numbers = shared_limits(solution.problem)
    net = _net(solution)
    offers = _offers(solution, numbers, net, (area, state, draw))
    given = _rounded_down(solution, area, state, draw)
    chosen = choose(offers, solution.prices[numbers], given)
    rest = solve(without_first(solution.problem), _counts(solution, area, state, chosen))
    if not isinstance(rest, Solution):
        raise Conflict("whole families of the first year leave no plan for the next")
    got = np.where(chosen == NONE, 0.0, net[area, state, np.maximum(chosen, 0)])
    tied = _tied(solution.problem.families.shape, area, state, chosen)
    spent = dict(zip(numbers.tolist(), used(offers, chosen).tolist(), strict=True))
    return Whole(chosen, got, tied, rest, solution.value, rest.value, spent)


def shared_limits(problem: Problem) -> Ints:
    """The numbers of the hard limits of the first year of which families use something up."""
    numbers = [
        n
        for n, one in enumerate(problem.limits)
        if one.year == 0 and one.price is None and (beyond(one) >= 0).all()
    ]
    return np.array(numbers, dtype=np.int64)


def beyond(limit: Limit) -> Floats:
    """(S, K) what an intervention uses beside what continuing would."""
    return limit.uses[:, 1:] - limit.uses[:, :1]


def _net(solution: Solution) -> Floats:
    """(A, S, K) what an intervention of the first year gains beyond continuing, at the prices."""
    net = solution.net[:, :, :, 0]
    return np.where(np.isnan(net), -np.inf, net)[:, :, 1:] - np.nan_to_num(net[:, :, :1])


def _offers(
    solution: Solution, numbers: Ints, net: Floats, families: tuple[Ints, Ints, Ints]
) -> Offers:
    """What each family may be offered; its value is before the prices of the shared limits."""
    area, state, draw = families
    problem = solution.problem
    limits = [problem.limits[n] for n in numbers]
    uses, pools, gross = [], [], net.copy()
    for sort in _sorts(limits):
        own = beyond(limits[sort[0]])
        of_area = np.full(len(problem.families), NONE, dtype=np.int64)
        for place in sort:
            of_area[limits[place].areas] = place
            gross[limits[place].areas] += solution.prices[numbers[place]] * own
        uses.append(np.rint(own[:1] if (own == own[:1]).all() else own[state]).astype(np.int64))
        pools.append(of_area[area])
    room = [_room(problem, limit) for limit in limits]
    stacked = np.stack(pools) if pools else np.zeros((0, len(area)), dtype=np.int64)
    return Offers(gross[area, state], tuple(uses), stacked, np.array(room, dtype=np.int64), draw)


def _room(problem: Problem, limit: Limit) -> int:
    """What is left of a limit when everybody continues; whole, and never rounded up."""
    reserved = float((problem.families[limit.areas] * limit.uses[:, 0]).sum())
    return int(np.floor(limit.capacity - reserved + NEARLY))


def _sorts(limits: list[Limit]) -> list[list[int]]:
    """Limits that use alike and share no area, together: of each sort a family has one at most."""
    sorts: list[tuple[Floats, set[int], list[int]]] = []
    for place, limit in enumerate(limits):
        own, areas = beyond(limit), set(limit.areas.tolist())
        for uses, taken, sort in sorts:
            if np.array_equal(uses, own) and not taken & areas:
                taken |= areas
                sort.append(place)
                break
        else:
            sorts.append((own, areas, [place]))
    return [sort for _, _, sort in sorts]


def _rounded_down(solution: Solution, area: Ints, state: Ints, draw: Ints) -> Ints:
    """Of each state so many families as the plan says, whole; the first by the draw."""
    planned = np.floor(solution.families[:, :, 1:, 0] + NEARLY).astype(np.int64)
    states = planned.shape[1]
    key = area * states + state
    order = np.lexsort((draw, key))
    place = np.arange(len(key)) - np.searchsorted(key[order], key[order])
    until = planned.reshape(-1, planned.shape[2]).cumsum(axis=1)[key[order]]
    chosen = np.full(len(key), NONE, dtype=np.int64)
    many = (place[:, None] >= until).sum(axis=1)
    chosen[order] = np.where(many < planned.shape[2], many, NONE)
    return chosen


def _counts(solution: Solution, area: Ints, state: Ints, chosen: Ints) -> Ints:
    """(A, S, K + 1) families that start each activity in the first year."""
    shape = solution.families.shape[:3]
    keys = (area * shape[1] + state) * shape[2] + chosen + 1
    return np.bincount(keys, minlength=int(np.prod(shape))).reshape(shape)


def without_first(problem: Problem) -> Problem:
    """Without the hard limits of the first year, which whole families keep by themselves."""
    limits = tuple(one for one in problem.limits if one.year > 0 or one.price is not None)
    return replace(problem, limits=limits)


def _tied(shape: tuple[int, ...], area: Ints, state: Ints, chosen: Ints) -> Flags:
    """Families of one state in one area are equal: tied where their answers differ."""
    key = area * shape[1] + state
    most = np.full(shape[0] * shape[1], NONE - 1, dtype=np.int64)
    least = np.full(shape[0] * shape[1], np.iinfo(np.int64).max)
    np.maximum.at(most, key, chosen)
    np.minimum.at(least, key, chosen)
    return (most != least)[key]
