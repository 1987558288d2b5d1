"""What the published numbers say of each number that is not: between which bounds it must lie.

A suppressed cell is an unknown of a linear system: every sum, over the values of a dimension and
over the areas below an area, is an equation, and a published cell is a number in it. The least and
the greatest value that an unknown can take are two linear programmes (Fischetti and Salazar, 2000,
*Models and algorithms for optimizing cell suppression in tabular data with linear constraints*).

One solution of the system says something of every unknown in it. So a few programmes with
objectives in all directions come first, and only an unknown of which they have not shown a wide
enough range gets two of its own. Unknowns that share no equation are solved side by side.

A range counts only between solutions in whole numbers (of counts): what a reader could work out who
knows that nobody is half a family is then no more than what is shown here. Where tables of three
dimensions and more hang together the corners of the linear programmes may be broken numbers only:
then a programme in whole numbers looks for a solution, and what it finds is checked like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from tangga.engine.publish.cells import Cells

SEED = 20260131
DIRECTIONS = 6
"""Objectives in all directions, each taken both ways, before any unknown has one of its own."""
TOGETHER = 3000
"""Unknowns of several systems that are solved side by side."""
ROOM = 1_000_000.0
"""How far above all that is published an unknown is looked for: to look less far can only make an
interval look narrower than it is."""
CLOSE = 1e-5
BRANCHES = 1000
"""How often a programme in whole numbers may branch: no clock, so that it ends alike everywhere."""


class Contradiction(ValueError):
    """No numbers at all agree with what is published."""


@dataclass(frozen=True)
class System:
    """The unknowns. equal @ x = known; at_most @ x <= room; x >= lowest (in order of `cells`).

    cells: number of the cell that each unknown is. unit: what x counts in (1; for money more).
    """

    cells: np.ndarray
    equal: csr_matrix
    known: np.ndarray
    at_most: csr_matrix
    room: np.ndarray
    unit: np.ndarray
    lowest: np.ndarray


@dataclass
class Ranges:
    """The range that solutions have shown of each unknown, and how many programmes it took."""

    low: np.ndarray
    high: np.ndarray
    programmes: int = 0

    @property
    def width(self) -> np.ndarray:
        """-1 where no solution in whole numbers was found."""
        return np.where(self.high < self.low, -1.0, self.high - self.low)

    def see(self, unknowns: np.ndarray, values: np.ndarray) -> None:
        """One more solution."""
        self.low[unknowns] = np.minimum(self.low[unknowns], values)
        self.high[unknowns] = np.maximum(self.high[unknowns], values)


def system_of(cells: Cells, hidden: Sequence[int], unit: np.ndarray) -> System:
    """The system of the cells in `hidden`; all others are published. unit: of every cell."""
    numbers = np.asarray(hidden, dtype=np.int64)
    place = {cell: at for at, cell in enumerate(hidden)}
    rows = [[(whole, -1), *((part, 1) for part in parts)] for whole, parts in cells.sums]
    equal, known = _matrix(rows, cells, place, unit)
    pairs = [[(small, 1), (large, -1)] for small, large in cells.smaller]
    at_most, room = _matrix(pairs, cells, place, unit)
    own = unit[numbers] if len(numbers) else np.ones(0)
    return System(numbers, equal, known, at_most, room, own, np.where(own == 1, 1.0, 0.0))


def _matrix(
    rows: list[list[tuple[int, int]]], cells: Cells, place: dict[int, int], unit: np.ndarray
) -> tuple[csr_matrix, np.ndarray]:
    """The rows that hold an unknown: its side, and what is known of the rest."""
    data, across, down, known = [], [], [], []
    for row in rows:
        asked = [(place[cell], sign) for cell, sign in row if cell in place]
        if not asked:
            continue
        rest = sum(-sign * (cells.values[c] or 0) for c, sign in row if c not in place)
        known.append(rest / unit[row[0][0]])
        for at, sign in asked:
            data.append(float(sign))
            across.append(len(known) - 1)
            down.append(at)
    shape = (len(known), len(place))
    return csr_matrix((data, (across, down)), shape=shape), np.array(known)


def ranges(system: System, need: np.ndarray, found: Ranges | None = None) -> Ranges:
    """The range of each unknown, at least as far as `need` (or as far as it goes).

    need: the width asked of each unknown. found: what solutions are known already (of the truth,
    or while less was suppressed). Contradiction where nothing solves it.
    """
    n = len(system.cells)
    found = found or Ranges(np.full(n, np.inf), np.full(n, -np.inf))
    for block in _blocks(system):
        _Block(system, block, found).widen(need)
    return found


def _blocks(system: System) -> list[list[np.ndarray]]:
    """Unknowns that hang together, several such groups to a block."""
    both = system.equal.T @ system.equal + system.at_most.T @ system.at_most
    _, label = connected_components(both, directed=False)
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else []
    blocks: list[list[np.ndarray]] = []
    size = TOGETHER
    for group in groups:
        if size + len(group) > TOGETHER:
            blocks.append([])
            size = 0
        blocks[-1].append(group)
        size += len(group)
    return blocks


class _Block:
    """Some groups of unknowns, solved side by side."""

    def __init__(self, system: System, groups: list[np.ndarray], found: Ranges) -> None:
        self.system, self.groups, self.found = system, groups, found
        self.own = np.concatenate(groups)
        self.equal, self.known = _part(system.equal, system.known, self.own)
        self.at_most, self.room = _part(system.at_most, system.room, self.own)
        self.lowest = system.lowest[self.own]
        top = np.ceil(ROOM + np.abs(self.known).sum() + np.abs(self.room).sum())
        self.bounds = np.column_stack([self.lowest, np.full(len(self.own), top)])
        self.ends = np.cumsum([len(group) for group in groups])
        self.free = self._free()

    def widen(self, need: np.ndarray) -> None:
        chance = np.random.default_rng([SEED, len(self.own)])
        for _ in range(DIRECTIONS):
            self._multiply(need)
            if not len(self._narrow(need)):
                return
            way = chance.uniform(0.5, 1.5, len(self.own)) * chance.choice(
                [-1.0, 1.0], len(self.own)
            )
            self._solve(way)
            self._solve(-way)
        tried: set[int] = set()
        reach: dict[int, float] = {}
        while len(asked := self._next(need, tried)):
            way = np.zeros(len(self.own))
            way[asked] = 1.0
            low, high = self._solve(way), self._solve(-way)
            reach.update(zip(asked.tolist(), (high - low)[asked].tolist(), strict=True))
        self._in_whole_numbers(need, reach)

    def _in_whole_numbers(self, need: np.ndarray, reach: dict[int, float]) -> None:
        """Solve anew in whole numbers for those whose linear range is wide enough, yet of which no
        two whole solutions were seen. reach: the linear range of an unknown."""
        for at in sorted(reach):
            unknown = self.own[at]
            enough = reach[at] >= need[unknown] - CLOSE
            if enough and self.found.width[unknown] < need[unknown]:
                self._solve_whole(at)

    def _free(self) -> np.ndarray:
        """Unknowns of groups in whose sums nothing is published but zeros."""
        bound = abs(self.equal).T @ (self.known != 0) + abs(self.at_most).T @ (self.room != 0)
        tied = np.logical_or.reduceat(bound > 0, np.concatenate([[0], self.ends[:-1]]))
        return np.repeat(~tied, [len(group) for group in self.groups])

    def _multiply(self, need: np.ndarray) -> None:
        """Where nothing but zeros is published, a solution taken many times is one too."""
        low, high = self.found.low[self.own], self.found.high[self.own]
        more = self.free & (high >= low) & (high > 0) & (high - low < need[self.own])
        at = self.own[more]
        self.found.high[at] *= 1 + np.ceil(need[at] / high[more])

    def _narrow(self, need: np.ndarray) -> np.ndarray:
        return np.flatnonzero(self.found.width[self.own] < need[self.own])

    def _next(self, need: np.ndarray, tried: set[int]) -> np.ndarray:
        """One unknown a group whose range is not wide enough yet, and was not asked for."""
        left = np.array([at for at in self._narrow(need) if at not in tried], dtype=np.int64)
        group = np.searchsorted(self.ends, left, side="right")
        _, first = np.unique(group, return_index=True)
        tried.update(left[first].tolist())
        return left[first]

    def _solve_whole(self, at: int) -> None:
        """The least and the greatest whole number of one unknown, with those of its group."""
        which = int(np.searchsorted(self.ends, at, side="right"))
        alone = _Block(self.system, [self.groups[which]], self.found)
        limits = [LinearConstraint(alone.equal, alone.known, alone.known)]
        limits += [LinearConstraint(alone.at_most, ub=alone.room)] if len(alone.room) else []
        way = (alone.own == self.own[at]).astype(float)
        for sign in (1.0, -1.0):
            self.found.programmes += 1
            solved = milp(
                sign * way,
                integrality=self.system.unit[alone.own] == 1,
                bounds=Bounds(alone.bounds[:, 0], alone.bounds[:, 1]),
                constraints=limits,
                options={"node_limit": BRANCHES},
            )
            if solved.x is not None:
                alone._keep(solved.x)

    def _solve(self, way: np.ndarray) -> np.ndarray:
        """A solution that is least along `way`."""
        self.found.programmes += 1
        solved = linprog(
            way,
            A_ub=self.at_most if self.at_most.shape[0] else None,
            b_ub=self.room if self.at_most.shape[0] else None,
            A_eq=self.equal if self.equal.shape[0] else None,
            b_eq=self.known if self.equal.shape[0] else None,
            bounds=self.bounds,
            method="highs",
        )
        if solved.x is None:
            raise Contradiction("the published numbers contradict one another")
        self._keep(solved.x)
        return np.asarray(solved.x)

    def _keep(self, values: np.ndarray) -> None:
        """Of each group that was solved in whole numbers (of counts), the solution."""
        whole = self.system.unit[self.own] == 1
        near = np.where(whole, np.round(values), values)
        off = np.abs(near - values) > CLOSE * np.maximum(1.0, np.abs(values)) * 10
        wrong = np.abs(self.equal @ near - self.known) > CLOSE * np.maximum(1, np.abs(self.known))
        over = self.at_most @ near > self.room + CLOSE
        off |= (abs(self.equal).T @ wrong + abs(self.at_most).T @ over > 0) | (near < self.lowest)
        start = 0
        for group, end in zip(self.groups, self.ends, strict=True):
            if not off[start:end].any():
                self.found.see(group, near[start:end])
            start = int(end)


def _part(matrix: csr_matrix, side: np.ndarray, own: np.ndarray) -> tuple[csr_matrix, np.ndarray]:
    """The rows of a matrix that concern some unknowns: rows are never shared between groups."""
    part = matrix[:, own]
    rows = np.flatnonzero(np.diff(part.indptr))
    return part[rows], side[rows]
