"""Which cells are not published: those of few families, and so many others that none of them can
be worked out from the rest.

First come the small cells (*primary*). Then, for every sum, enough other cells that those which are
left out of it have room (*secondary*); then the programmes of `intervals.py` look at all sums
together, and where an interval is still too narrow, one more cell goes. What is suppressed only
ever grows, and where everything is suppressed nothing is implied: so this ends.

The search knows the truth, and counts it as one solution; the proof knows only what is published.
Cells of which the proof does not find two solutions come back here (`told`), and more goes.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

import numpy as np

from tangga.engine.publish.cells import Cells
from tangga.engine.publish.intervals import Ranges, ranges, system_of

ENOUGH = 10
"""With fewer families in all than so many times the threshold nothing is told but zeros: what could
be told of so few leaves most of them out, and takes long to find."""


@dataclass
class Suppressed:
    """What became of it. hidden: numbers of the cells. rounds: how often the programmes looked."""

    hidden: set[int]
    small: int
    rounds: int = 0
    programmes: int = 0


class _Work:
    """What is hidden so far, and the ranges that solutions have shown of every cell."""

    def __init__(self, cells: Cells, small: set[int], width: np.ndarray, unit: np.ndarray) -> None:
        self.cells, self.hidden, self.width, self.unit = cells, set(small), width, unit
        self.values = values = np.array(cells.values, dtype=float) / unit
        self.room = values - np.where(unit == 1, 1.0, 0.0)
        self.seen = Ranges(values.copy(), values.copy())
        self.near = [[whole, *parts] for whole, parts in cells.sums]
        self.near += [list(pair) for pair in cells.smaller]
        self.of: dict[int, list[int]] = {}
        for row, members in enumerate(self.near):
            for cell in members:
                self.of.setdefault(cell, []).append(row)

    def around(self, cells: Iterable[int]) -> set[int]:
        """The sums (and pairs) that some cells are in."""
        return {row for cell in cells for row in self.of.get(cell, ())}

    def cheapest(self, members: Iterable[int]) -> int | None:
        """Of some cells the published one that costs the reader least: a small number, but before
        that one whose other sums lack a cell already, so that it makes no further one go."""
        left = ((self._cost(m), self.cells.keys_at(m), m) for m in members if m not in self.hidden)
        return min(left, default=((), (), None))[2]

    def _cost(self, cell: int) -> tuple[int, int]:
        value = self.cells.values[cell] or 0
        sums = [row for row in self.of.get(cell, ()) if row < len(self.cells.sums)]
        fresh = sum(self.hidden.isdisjoint(self.near[row]) for row in sums)
        return value.bit_length() + 3 * fresh, value


def suppress(
    cells: Cells,
    families: np.ndarray,
    threshold: int,
    width: np.ndarray,
    unit: np.ndarray,
    before: Set[int] = frozenset(),
    told: Sequence[int] = (),
) -> Suppressed:
    """The cells to leave out. families: how many families stand behind each cell.

    threshold: fewer families than that make a cell small. width: how wide the interval implied of
    each cell must be, in its own unit. unit: 1 for counts; for money what is counted in.
    before, told: what an earlier round left out, and the cells of which that was not proven.
    RuntimeError where everything is left out and a cell is told all the same.
    """
    few = families < threshold if families.max(initial=0) >= ENOUGH * threshold else families >= 0
    small = {int(i) for i in np.flatnonzero(few)}
    work = _Work(cells, small | before, width, unit)
    done = Suppressed(work.hidden, len(small))
    waiting = work.around(work.hidden)
    if told:
        waiting |= _one_more(work, list(told))
    while True:
        _fill(work, waiting)
        programmes, narrow = _look(work)
        done.rounds += 1
        done.programmes += programmes
        if not narrow:
            return done
        waiting = _one_more(work, narrow)


def _fill(work: _Work, rows: set[int]) -> None:
    """Suppress until the cells left out of each sum have room among themselves."""
    waiting = sorted(rows)
    while waiting:
        row = heapq.heappop(waiting)
        if row >= len(work.cells.sums):
            continue
        whole, parts = work.cells.sums[row]
        if not _too_tight(work, whole, [part for part in parts if part in work.hidden]):
            continue
        more = work.cheapest((whole, *parts))
        if more is not None:
            work.hidden.add(more)
            for touched in work.around([more]):
                heapq.heappush(waiting, touched)


def _too_tight(work: _Work, whole: int, out: list[int]) -> bool:
    """Whether one sum alone gives a cell away, or says too well what it is."""
    if whole in work.hidden:
        return not out
    if not out:
        return False
    return len(out) == 1 or bool(work.room[out].sum() < work.width[out].max())


def _look(work: _Work) -> tuple[int, list[int]]:
    """How many programmes ran, and the cells whose ranges they found too narrow."""
    system = system_of(work.cells, sorted(work.hidden), work.unit)
    at, need = system.cells, work.width[system.cells]
    truth = work.values[at]
    found = ranges(system, need, Ranges(work.seen.low[at], work.seen.high[at]), truth)
    work.seen.low[at], work.seen.high[at] = found.low, found.high
    return found.programmes, [int(c) for c in at[found.width < need]]


def _one_more(work: _Work, narrow: list[int]) -> set[int]:
    """For each cell that is still told, the least telling cell near it; the sums it is in."""
    before, touched = len(work.hidden), set()
    for cell in narrow:
        more = _nearest(work, cell)
        if more is not None:
            work.hidden.add(more)
            touched |= work.around([more])
    if len(work.hidden) == before:
        raise RuntimeError("all is suppressed, and a number is told all the same")
    return touched


def _nearest(work: _Work, cell: int) -> int | None:
    """A published cell of the sums that a cell is in, or of those that these are in, and so on."""
    members = {cell}
    while True:
        wider = {m for row in work.around(members) for m in work.near[row]}
        more = work.cheapest(wider)
        if more is not None or wider <= members:
            return more
        members |= wider
