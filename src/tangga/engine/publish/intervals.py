"""What the published numbers say of each number that is not: between which bounds it must lie.

A suppressed cell is an unknown of a linear system: every sum, over the values of a dimension and
over the areas below an area, is an equation, and a published cell is a number in it. The least and
the greatest value that an unknown can take are two linear programmes (Fischetti and Salazar, 2000,
*Models and algorithms for optimizing cell suppression in tabular data with linear constraints*).

One solution of the system says something of every unknown in it. So programmes with objectives in
all directions come first, then in all directions of those that are too narrow yet, and only an
unknown that these have not shown wide enough gets two of its own. Unknowns that share no equation
are solved side by side.

A range counts only between solutions in whole numbers (of counts): what a reader could work out who
knows that nobody is half a family is then no more than what is shown here. Where tables of three
dimensions and more hang together the corners of the linear programmes may be broken numbers only:
then a programme in whole numbers looks for a solution, and what it finds is checked like any other.

Of a large country thousands of unknowns hang together, and two programmes of all of them for each
of them would grow with the square and more. There, one solution of all of them is found first; then
they are cut into patches, and each patch is moved with all others as in that solution: as a whole
first, then each unknown that is too narrow yet, among its neighbours. What is found so is a
solution of the whole like any other; what is not found so counts as not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, vstack
from scipy.sparse.csgraph import connected_components

from tangga.engine.publish.cells import Cells

SEED = 20260131
DIRECTIONS = 6
"""Objectives in all directions, each taken both ways, before any unknown has one of its own; as
many again while they leave less than WORTH of those that were too narrow."""
WORTH = 0.8
TOGETHER = 3000
"""Unknowns of several systems that are solved side by side; more that hang together are looked at
among their neighbours."""
PATCH = 20_000
"""How many unknowns are moved together at most, of those that hang together."""
NEIGHBOURS = (300, 1500, PATCH)
"""How many neighbours of an unknown move with it; more where fewer were not enough."""
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


def ranges(
    system: System, need: np.ndarray, found: Ranges | None = None, known: np.ndarray | None = None
) -> Ranges:
    """The range of each unknown, at least as far as `need` (or as far as it goes).

    need: the width asked of each unknown. found: what solutions are known already (of the truth,
    or while less was suppressed). known: a solution, where one is known. Contradiction where
    nothing solves it.
    """
    n = len(system.cells)
    found = found or Ranges(np.full(n, np.inf), np.full(n, -np.inf))
    for groups in _blocks(system):
        block = _Block(system, groups, found)
        if len(groups[0]) <= TOGETHER:
            block.widen(need)
            continue
        one = block.any_whole() if known is None else known[block.own]
        if one is not None:
            _Neighbours(block, one).widen(need)
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
        """All together first, then each unknown whose range is too narrow yet."""
        self.together(need)
        self.apart(need)

    def together(self, need: np.ndarray) -> None:
        """Objectives of all unknowns, then of those that are too narrow yet, while that helps."""
        chance = np.random.default_rng([SEED, len(self.own)])
        turn, left = 0, np.inf
        while True:
            self.multiply(need)
            narrow = self.narrow(need)
            if not len(narrow):
                return
            if turn % DIRECTIONS == 0:
                if len(narrow) > WORTH * left:
                    return
                left = len(narrow)
            asked = narrow if turn else slice(None)
            way = np.zeros(len(self.own))
            way[asked] = 1.0
            way *= chance.uniform(0.5, 1.5, len(way)) * chance.choice([-1.0, 1.0], len(way))
            self._solve(way)
            self._solve(-way)
            turn += 1

    def apart(self, need: np.ndarray) -> None:
        """Two programmes for each unknown whose range is too narrow yet."""
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

    def any_whole(self) -> np.ndarray | None:
        """A solution in whole numbers of all groups together; None where none was found."""
        chance = np.random.default_rng([SEED, len(self.own)])
        for _ in range(
            DIRECTIONS
        ):  # HiGHS calls some solvable programmes unsolvable, along one way
            solved = self._milp(chance.uniform(0.5, 1.5, len(self.own)))
            if solved is not None and self._keep(solved).all():
                return np.where(self.system.unit[self.own] == 1, np.round(solved), solved)
        return None

    def _free(self) -> np.ndarray:
        """Unknowns of groups in whose sums nothing is published but zeros."""
        bound = abs(self.equal).T @ (self.known != 0) + abs(self.at_most).T @ (self.room != 0)
        tied = np.logical_or.reduceat(bound > 0, np.concatenate([[0], self.ends[:-1]]))
        return np.repeat(~tied, [len(group) for group in self.groups])

    def multiply(self, need: np.ndarray) -> None:
        """Where nothing but zeros is published, a solution taken many times is one too."""
        low, high = self.found.low[self.own], self.found.high[self.own]
        more = self.free & (high >= low) & (high > 0) & (high - low < need[self.own])
        at = self.own[more]
        self.found.high[at] *= 1 + np.ceil(need[at] / high[more])

    def narrow(self, need: np.ndarray) -> np.ndarray:
        """Those whose range is not wide enough yet."""
        return np.flatnonzero(self.found.width[self.own] < need[self.own])

    def _next(self, need: np.ndarray, tried: set[int]) -> np.ndarray:
        """One unknown a group whose range is not wide enough yet, and was not asked for."""
        left = np.array([at for at in self.narrow(need) if at not in tried], dtype=np.int64)
        group = np.searchsorted(self.ends, left, side="right")
        _, first = np.unique(group, return_index=True)
        tried.update(left[first].tolist())
        return left[first]

    def _solve_whole(self, at: int) -> None:
        """The least and the greatest whole number of one unknown, with those of its group."""
        which = int(np.searchsorted(self.ends, at, side="right"))
        alone = _Block(self.system, [self.groups[which]], self.found)
        way = (alone.own == self.own[at]).astype(float)
        for solved in (alone._milp(way), alone._milp(-way)):
            if solved is not None:
                alone._keep(solved)

    def _milp(self, way: np.ndarray) -> np.ndarray | None:
        """A solution in whole numbers that is least along `way`; None where none was found."""
        self.found.programmes += 1
        limits = [LinearConstraint(self.equal, self.known, self.known)] if len(self.known) else []
        limits += [LinearConstraint(self.at_most, ub=self.room)] if len(self.room) else []
        solved = milp(
            way,
            integrality=self.system.unit[self.own] == 1,
            bounds=Bounds(self.bounds[:, 0], self.bounds[:, 1]),
            constraints=limits,
            options={"node_limit": BRANCHES},
        )
        return None if solved.x is None else np.asarray(solved.x)

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

    def _keep(self, values: np.ndarray) -> np.ndarray:
        """Of each group that was solved in whole numbers (of counts), the solution; which were."""
        whole = self.system.unit[self.own] == 1
        near = np.where(whole, np.round(values), values)
        off = np.abs(near - values) > CLOSE * np.maximum(1.0, np.abs(values)) * 10
        wrong = np.abs(self.equal @ near - self.known) > CLOSE * np.maximum(1, np.abs(self.known))
        over = self.at_most @ near > self.room + CLOSE
        off |= (abs(self.equal).T @ wrong + abs(self.at_most).T @ over > 0) | (near < self.lowest)
        starts = np.concatenate([[0], self.ends[:-1]])
        kept = ~np.logical_or.reduceat(off, starts)
        for group, start, end in zip(self.groups, starts, self.ends, strict=True):
            if not off[start:end].any():
                self.found.see(group, near[start:end])
        return kept


class _Neighbours:
    """A group of very many unknowns, looked at in patches. one: a solution of all of it."""

    def __init__(self, block: _Block, one: np.ndarray) -> None:
        self.block, self.one = block, one
        self.rows = vstack([block.equal, block.at_most], format="csr")
        self.columns = self.rows.tocsc()
        self.sizes: list[int] = np.diff(self.rows.indptr).tolist()

    def widen(self, need: np.ndarray) -> None:
        """Move all of them, a patch at a time; then each unknown whose range is too narrow yet,
        among ever more of its neighbours."""
        block = self.block
        block.multiply(need)
        for patch in self._patches():
            self._move(patch, need, _Block.together)
        for most in NEIGHBOURS:
            for at in block.narrow(need).tolist():
                if block.found.width[block.own[at]] < need[block.own[at]]:
                    first = np.full(len(need), -np.inf)
                    first[block.own[at]] = need[block.own[at]]
                    self._move(self._around(at, most), first, _Block.apart)

    def _patches(self) -> Iterator[np.ndarray]:
        """All unknowns, each in one patch of at most PATCH that hang together."""
        taken: set[int] = set()
        for at in range(len(self.one)):
            if at not in taken:
                patch = self._around(at, PATCH, taken)
                taken.update(patch.tolist())
                yield patch

    def _around(self, at: int, most: int, but: Set[int] = frozenset()) -> np.ndarray:
        """So many unknowns, the nearest to one first: those that share a sum with it, and on.

        but: unknowns that are not taken.
        """
        found, waiting = {at: None}, [at]
        for one in waiting:
            rows = self.columns.indices[slice(*self.columns.indptr[one : one + 2])]
            for row in sorted(rows.tolist(), key=self.sizes.__getitem__):
                for near in self.rows.indices[slice(*self.rows.indptr[row : row + 2])].tolist():
                    if near not in found and near not in but and len(found) < most:
                        found[near] = None
                        waiting.append(near)
            if len(found) == most:
                break
        return np.array(list(found), dtype=np.int64)

    def _move(
        self, patch: np.ndarray, need: np.ndarray, widen: Callable[[_Block, np.ndarray], None]
    ) -> None:
        """Solve for a patch, with all others as they are in the solution that is known."""
        block = self.block
        inside = np.zeros(len(block.own), dtype=bool)
        inside[patch] = True
        fixed = np.where(inside, 0.0, self.one)
        equal, known = _part(block.equal, block.known - block.equal @ fixed, patch)
        at_most, room = _part(block.at_most, block.room - block.at_most @ fixed, patch)
        unknowns = block.own[patch]
        unit, lowest = block.system.unit[unknowns], block.lowest[patch]
        system = System(block.system.cells[unknowns], equal, known, at_most, room, unit, lowest)
        seen = Ranges(block.found.low[unknowns], block.found.high[unknowns])
        for groups in _blocks(system):
            part = _Block(system, groups, seen)
            part.free[:] = False  # what was seen holds with other numbers outside: not many times
            widen(part, need[unknowns])
        block.found.low[unknowns], block.found.high[unknowns] = seen.low, seen.high
        block.found.programmes += seen.programmes


def _part(matrix: csr_matrix, side: np.ndarray, own: np.ndarray) -> tuple[csr_matrix, np.ndarray]:
    """The rows of a matrix that concern some unknowns: rows are never shared between groups."""
    part = matrix[:, own]
    rows = np.flatnonzero(np.diff(part.indptr))
    return part[rows], side[rows]
