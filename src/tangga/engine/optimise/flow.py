"""The linear programme: families flow from year to year through states and interventions.

A column is (area, state, activity, year): so many families start it. Of a state of a year, every
family starts one activity, to continue being one. Who did not graduate is back when the activity
has ended, and who graduated and fell, a year later; both stand as long on support as when they left
and the years that the activity took.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from tangga.engine.optimise.problem import Floats, Goal, Ints, Limit, Problem

NONE = -1


@dataclass(frozen=True)
class Programme:
    """Gain @ x at most, over balance @ x == stock, limits @ x <= capacity, x >= 0.

    column: (A, S, K + 1, T) number of a column, NONE where there is none. row: (A, S, T) number of
    a balance. soft: for each limit the number of the column that says how much is lacking, or NONE.
    """

    gain: Floats
    balance: sparse.csr_array
    stock: Floats
    limits: sparse.csr_array
    capacity: Floats
    column: Ints
    row: Ints
    soft: Ints


def programme(problem: Problem) -> Programme:
    """The problem as a linear programme; the limits in order, then the goals."""
    column, row = _columns(problem)
    flows = int(column.max()) + 1
    soft, prices = _soft(problem, flows)
    width = flows + len(prices)
    gain = np.concatenate([_gain(problem, column, flows), -prices])
    stock = np.zeros(int(row.max()) + 1)
    stock[row[:, :, 0][row[:, :, 0] >= 0]] = problem.families[row[:, :, 0] >= 0]
    limits, capacity = _limits(problem, column, soft, width)
    return Programme(
        gain, _balance(problem, column, row, width), stock, limits, capacity, column, row, soft
    )


def _columns(problem: Problem) -> tuple[Ints, Ints]:
    """Numbers only for states in which somebody can stand, and for what is allowed to them."""
    years, (areas, states) = problem.years, problem.families.shape
    stands = np.zeros((areas, states, years), dtype=bool)
    stands[:, :, 0] = problem.families > 0
    for year in range(1, years):
        where, state = np.nonzero(stands[:, :, year - 1])
        # Whoever is away with an activity comes back to a state that who continued reaches too.
        stands[where, problem.effects.older[state], year] = True
        stands[where, state, year] = True
    row = np.full(stands.shape, NONE, dtype=np.int64)
    row[stands] = np.arange(stands.sum())
    there = problem.allowed[:, :, :, None] & stands[:, :, None, :]
    column = np.full(there.shape, NONE, dtype=np.int64)
    column[there] = np.arange(there.sum())
    return column, row


def _soft(problem: Problem, first: int) -> tuple[Ints, Floats]:
    prices = [one.price for one in (*problem.limits, *problem.goals)]
    soft = np.full(len(prices), NONE, dtype=np.int64)
    priced = [n for n, price in enumerate(prices) if price is not None]
    soft[priced] = first + np.arange(len(priced))
    return soft, np.array([price for price in prices if price is not None], dtype=float)


def _gain(problem: Problem, column: Ints, flows: int) -> Floats:
    gain = np.zeros(flows)
    for year in range(problem.years):
        numbers = column[:, :, :, year]
        there = numbers >= 0
        gain[numbers[there]] = np.broadcast_to(problem.worth(year), numbers.shape)[there]
    return gain


def _older(older: Ints, years: int) -> Ints:
    """The state after so many years of support."""
    state = np.arange(len(older))
    for _ in range(years):
        state = older[state]
    return state


def _balance(problem: Problem, column: Ints, row: Ints, width: int) -> sparse.csr_array:
    """Who starts something in a year, less who came: 0; in the first year, the families of
    today."""
    effects = problem.effects
    entries = [_entries(column, np.broadcast_to(row[:, :, None, :], column.shape), 1.0)]
    entries.append(
        _comes_back(column[:, :, :1], row, effects.older, 1, np.ones((len(effects.older), 1)))
    )
    for first in (True, False):
        years = slice(0, 1) if first else slice(1, None)
        for k, takes in enumerate(effects.back(0 if first else 1), start=1):
            numbers, since = column[:, :, k : k + 1, years], row[:, :, years.start :]
            entries += _after(problem, numbers, since, k, int(takes))
    rows, columns, values = (np.concatenate(part) for part in zip(*entries, strict=True))
    shape = (int(row.max()) + 1, width)
    return sparse.csr_array(sparse.coo_array((values, (rows, columns)), shape=shape))


def _after(
    problem: Problem, numbers: Ints, row: Ints, k: int, takes: int
) -> list[tuple[Ints, Ints, Floats]]:
    """Who started an intervention and did not graduate, and who graduated and fell, are back.
    row: balances from the first year of `numbers` on."""
    effects = problem.effects
    state = _older(effects.older, takes)
    graduates, lasts = effects.graduates[:, k - 1], effects.lasts[:, k - 1]
    falls = (graduates * (1 - lasts))[:, None]
    return [
        _comes_back(numbers, row, state, takes, (1 - graduates)[:, None]),
        _comes_back(numbers, row, state, takes + 1, falls),
    ]


def _entries(numbers: Ints, rows: Ints, values: Floats | float) -> tuple[Ints, Ints, Floats]:
    there = (numbers >= 0) & (rows >= 0)
    return rows[there], numbers[there], np.broadcast_to(values, numbers.shape)[there]


def _comes_back(
    numbers: Ints, row: Ints, state: Ints, lag: int, share: Floats
) -> tuple[Ints, Ints, Floats]:
    """Entries of the families that come to `state` so many years after they started."""
    many = max(0, min(numbers.shape[3], row.shape[2] - lag))
    started = numbers[:, :, :, :many]
    reached = np.broadcast_to(row[:, state, None, lag : lag + many], started.shape)
    shares = np.broadcast_to(-share[None, :, :, None], started.shape)
    rows, columns, values = _entries(started, reached, shares)
    some = values != 0
    return rows[some], columns[some], values[some]


def _limits(
    problem: Problem, column: Ints, soft: Ints, width: int
) -> tuple[sparse.csr_array, Floats]:
    entries: list[tuple[Ints, Ints, Floats]] = []
    capacity = [limit.capacity for limit in problem.limits]
    for n, limit in enumerate(problem.limits):
        entries += _limit_entries(problem, column, n, limit)
    for n, goal in enumerate(problem.goals, start=len(problem.limits)):
        entries += _goal_entries(problem, column, n, goal)
        capacity.append(-goal.least)
    (priced,) = np.nonzero(soft >= 0)
    entries.append((priced, soft[priced], np.full(len(priced), -1.0)))
    rows, columns, values = (np.concatenate(part) for part in zip(*entries, strict=True))
    shape = (len(capacity), width)
    matrix = sparse.csr_array(sparse.coo_array((values, (rows, columns)), shape=shape))
    return matrix, np.array(capacity, dtype=float)


def _limit_entries(
    problem: Problem, column: Ints, n: int, limit: Limit
) -> list[tuple[Ints, Ints, Floats]]:
    found = [_used(column[limit.areas, :, :, limit.year], limit.uses, n)]
    if limit.goes_on is not None:
        takes = np.concatenate([[1], problem.effects.years])
        for before in range(1, min(limit.year, int(takes.max()) - 1) + 1):
            uses = np.where(takes[None, :] > before, limit.goes_on, 0.0)
            found.append(_used(column[limit.areas, :, :, limit.year - before], uses, n))
    return found


def _goal_entries(
    problem: Problem, column: Ints, n: int, goal: Goal
) -> list[tuple[Ints, Ints, Floats]]:
    """Graduations of a year: of who started so long before that the activity ends in it."""
    found = []
    graduates = problem.effects.graduates
    for started in range(goal.year + 1):
        ends = np.where(problem.effects.ends(started) == goal.year, graduates, 0.0)
        uses = np.concatenate([np.zeros((len(ends), 1)), -ends], axis=1)
        found.append(_used(column[goal.areas, :, :, started], uses, n))
    return found


def _used(numbers: Ints, uses: Floats, n: int) -> tuple[Ints, Ints, Floats]:
    values = np.broadcast_to(uses, numbers.shape)
    there = (numbers >= 0) & (values != 0)
    columns = numbers[there]
    return np.full(len(columns), n, dtype=np.int64), columns, values[there].astype(float)
