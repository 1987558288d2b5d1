"""Families as numbers in cells, and what becomes of them month by month, drawn many times.

    cells = Cells(...)              # how many families, by area, rung, kind and year of the cap
    for month in futures(cells, steps, months=60, draws=200, seed=1):
        month.here                  # [cell, rung, draw]: where the cell's families are now
        month.flows["graduate"]     # [cell, draw]: how many took a step in this month

Not one family is drawn: families of a cell are alike in all that the steps ask, so how many of them
take a step is binomial, and a country is as quick as a district. Each cell has a stream of random
numbers of its own (Philox, keyed by seed and cell): what a cell draws does not depend on which
other cells there are, in what order, or in how many parts. Two policies drawn with one seed differ
by the policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri  # type: ignore[import-untyped]

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Drawn = NDArray[np.int32]
YEAR = 12
NEVER = -1
LEAST = np.float32(6e-8)
MANY = 40.0
"""From so many expected on, a binomial number is taken from the normal curve."""
GROUP = 512
"""So many cells are worked on together."""


@dataclass(frozen=True)
class Cells:
    """Families by cell, one cell a position; sorted by area, rung, kind, band.

    areas, rungs, kinds: names. area, rung, kind: the position of each cell's name. band: the year
    of the forecast in which its families reach the cap by arithmetic (1 the first; 0: they have;
    NEVER: not within it). families: how many. arrive: how many of them in which month, as
    [cell, month], month 0 being the day of the run. ValueError where that does not fit together.
    """

    areas: tuple[str, ...]
    rungs: tuple[str, ...]
    kinds: tuple[str, ...]
    area: Whole
    rung: Whole
    kind: Whole
    band: Whole
    families: Whole
    arrive: Whole

    def __post_init__(self) -> None:
        lengths = {len(e) for e in (self.area, self.rung, self.kind, self.band, self.arrive)}
        if lengths - {len(self.families)}:
            raise ValueError(f"columns of {sorted(lengths)} for {len(self.families)} cells")
        if (self.families < 0).any() or (self.arrive.sum(axis=1) > self.families).any():
            raise ValueError("a cell with fewer than no families, or more that reach the cap")

    def __len__(self) -> int:
        return len(self.families)

    def name(self, n: int) -> str:
        """What tells a cell apart, whatever else is there."""
        area, rung = self.areas[self.area[n]], self.rungs[self.rung[n]]
        return f"{area}/{rung}/{self.kinds[self.kind[n]]}/{self.band[n]}"

    def by_area(self, values: NDArray[Any]) -> NDArray[Any]:
        """The sum over the cells of each area: [cell, ...] -> [area, ...]."""
        starts = np.searchsorted(self.area, np.arange(len(self.areas)))
        wide = np.int64 if np.issubdtype(values.dtype, np.integer) else np.float64
        return np.add.reduceat(values, starts, axis=0, dtype=wide)


@dataclass(frozen=True)
class Step:
    """A move that families of a rung make, so many of them a month.

    source, to: names of rungs; to None: the family is no more. rate: of a family in a month, for
    each cell and future, [cell or 1, draw or 1], 0 to 1. ends_support, starts_support: what it does
    to running support. ValueError for a rate outside.
    """

    name: str
    source: str
    to: str | None
    rate: Real
    ends_support: bool = False
    starts_support: bool = False

    def __post_init__(self) -> None:
        if not ((self.rate >= 0) & (self.rate <= 1)).all():
            raise ValueError(f"{self.name}: a monthly rate outside 0 to 1")


@dataclass(frozen=True)
class Month:
    """One month of all futures. index: from 1. here: [cell, rung, draw].

    stayed: those who never left the rung of their cell, [cell, draw]. arrived: those of them that
    reach the cap in this month. flows: name of a step -> [cell, draw].
    """

    index: int
    here: Drawn
    stayed: Drawn
    arrived: Drawn
    flows: Mapping[str, Drawn] = field(default_factory=dict)


def stream(seed: int, name: str) -> np.random.Generator:
    """Random numbers of one name's own: the same for one seed wherever they are asked for."""
    own = int.from_bytes(sha256(f"{seed}/{name}".encode()).digest()[:16], "big")
    return np.random.Generator(np.random.Philox(key=own))


def monthly(rate_year: Real) -> Real:
    """The chance of a month from a yearly rate (per head and year): 1 - exp(-rate / 12)."""
    return -np.expm1(-np.asarray(rate_year, dtype=np.float64) / YEAR)


def futures(
    cells: Cells, steps: Sequence[Step], *, months: int, draws: int, seed: int
) -> Iterator[Month]:
    """Every month of so many futures, one after the other; what was yielded is not changed later.

    Steps from one rung exclude each other within a month: whom one takes the next cannot take.
    KeyError for a step of a rung that there is not.
    """
    leaving = _by_rung(cells, steps, draws)
    streams = [stream(seed, cells.name(n)) for n in range(len(cells))]
    here = np.zeros((len(cells), len(cells.rungs), draws), np.int32)
    here[np.arange(len(cells)), cells.rung] = cells.families[:, None]
    stayed = np.repeat(cells.families[:, None], draws, axis=1).astype(np.int32)
    chance = np.empty((len(cells), len(steps) + 1, draws), np.float32)
    every = np.arange(len(cells))
    for index in range(1, months + 1):
        for n, own in enumerate(streams):
            own.random(out=chance[n], dtype=np.float32)
        before = here[every, cells.rung]
        here, flows, left = _one_month(here, leaving, chance)
        share = np.divide(stayed, before, out=np.zeros(stayed.shape), where=before > 0)
        stayed = stayed - np.rint(left[every, cells.rung] * share).astype(np.int32)
        yield Month(index, here, stayed, _arrived(cells, index, stayed, chance[:, -1]), flows)


@dataclass(frozen=True)
class _Leaving:
    """All steps from one rung. total: the chance to leave it. shares: of each step, among those who
    leave and have taken none before it. first: where its random numbers begin."""

    source: int
    steps: tuple[tuple[str, int | None], ...]
    total: Real
    shares: tuple[Real, ...]
    first: int


def _by_rung(cells: Cells, steps: Sequence[Step], draws: int) -> list[_Leaving]:
    rungs = {name: n for n, name in enumerate(cells.rungs)}
    found, used = [], 0
    for source in dict.fromkeys(step.source for step in steps):
        own = [step for step in steps if step.source == source]
        stay: Real = np.ones((1, 1))
        taken = []
        for step in own:
            taken.append(stay * step.rate)
            stay = stay * (1 - step.rate)
        rest = [sum(taken[n:]) for n in range(len(taken))]
        with np.errstate(invalid="ignore"):
            shares = tuple(np.nan_to_num(t / r) for t, r in zip(taken, rest, strict=True))
        named = tuple((s.name, None if s.to is None else rungs[s.to]) for s in own)
        found.append(_Leaving(rungs[source], named, 1 - stay, shares, used))
        used += len(own)
    return found


def _one_month(
    here: Drawn, leaving: Sequence[_Leaving], chance: NDArray[np.float32]
) -> tuple[Drawn, dict[str, Drawn], Drawn]:
    """Where everybody is after it, how many took each step, and how many left each rung."""
    now, left = here.copy(), np.zeros(here.shape, np.int32)
    flows = {}
    for one in leaving:
        gone = _in_groups(here[:, one.source], one.total, chance[:, one.first])
        left[:, one.source] = gone
        now[:, one.source] -= gone
        for (name, to), moved in zip(one.steps, _shared(gone, one, chance), strict=True):
            flows[name] = moved
            if to is not None:
                now[:, to] += moved
    return now, flows, left


def _in_groups(n: Drawn, rate: Real, chance: NDArray[np.float32]) -> Drawn:
    """Binomial numbers, some cells at a time; cells without families cost nothing."""
    found = np.zeros(n.shape, np.int32)
    (some,) = np.nonzero(n.any(axis=1))
    for first in range(0, len(some), GROUP):
        rows = some[first : first + GROUP]
        own = rate[rows] if len(rate) > 1 else rate
        found[rows] = binomial(n[rows], own, chance[rows])
    return found


def _shared(gone: Drawn, one: _Leaving, chance: NDArray[np.float32]) -> Iterator[Drawn]:
    """Of those who left, how many by which step; most cells have none in most futures."""
    cell, draw = np.nonzero(gone)
    rest = gone[cell, draw]
    for n, share in enumerate(one.shares):
        own = np.broadcast_to(share, gone.shape)[cell, draw]
        last = n == len(one.shares) - 1
        taken = rest if last else binomial(rest, own, chance[cell, one.first + n + 1, draw])
        moved = np.zeros(gone.shape, np.int32)
        moved[cell, draw] = taken
        rest = rest - taken
        yield moved


def _arrived(cells: Cells, index: int, stayed: Drawn, chance: NDArray[np.float32]) -> Drawn:
    """Of those who reach the cap in a month by arithmetic, how many are still there."""
    found = np.zeros(stayed.shape, np.int32)
    (some,) = np.nonzero(cells.arrive[:, index])
    many = np.repeat(cells.arrive[some, index, None], stayed.shape[1], axis=1).astype(np.int32)
    share = stayed[some] / cells.families[some][:, None]
    found[some] = binomial(many, share, chance[some])
    return found


def binomial(n: Drawn, rate: Real, chance: NDArray[np.float32]) -> Drawn:
    """How many of n take a step of this chance each: the quantile of a binomial at `chance`.

    By adding up probabilities from zero on, so that a higher rate never gives fewer; where many are
    expected, by the normal curve. Most draws of most cells are zero, which one comparison tells.
    """
    found = np.zeros(n.shape, np.int32)
    chance = np.clip(chance, LEAST, 1 - LEAST)
    with np.errstate(divide="ignore", invalid="ignore"):
        none = np.exp(n * np.log1p(-rate))
        some = np.nonzero((chance > none).ravel())[0]
    many = n.ravel()[some].astype(np.float64)
    p = np.broadcast_to(rate, n.shape)[np.unravel_index(some, n.shape)]
    own = chance.ravel()[some].astype(np.float64)
    large = many * p * (1 - p) > MANY
    drawn = np.where(large, _many(many, p, own), 0.0)
    drawn[~large] = _few(many[~large], p[~large], own[~large])
    found.ravel()[some] = drawn
    return found


def _many(n: Real, p: Real, chance: Real) -> Real:
    """The quantile by the normal curve, a whole number from 0 to n."""
    spread = np.sqrt(n * p * (1 - p))
    return np.asarray(np.clip(np.rint(n * p + spread * ndtri(chance)), 0, n))


def _few(n: Real, p: Real, chance: Real) -> Real:
    """The quantile by adding up from the end that is nearer; whose chance is reached is done.

    From zero on, a mass too small for a number would never grow where nearly all take the step.
    """
    turned = p > 0.5
    rate = np.where(turned, 1 - p, p)
    reach = np.where(turned, 1 - chance, chance)
    mass = np.exp(n * np.log1p(-rate))
    total = mass.copy()
    found = np.zeros(len(n))
    (rest,) = np.nonzero(reach > total)
    k = 0
    while len(rest):
        k += 1
        mass[rest] *= (n[rest] - k + 1) / k * (rate[rest] / (1 - rate[rest]))
        total[rest] += mass[rest]
        found[rest] = k
        rest = rest[(reach[rest] > total[rest]) & (k < n[rest])]
    return np.where(turned, n - found, found)


def bands(values: NDArray[Any], low: int, high: int) -> tuple[Real, Real, Real]:
    """Low, median and high over the futures, the last axis: values that were drawn, never between.

    low, high: per cent of the futures. The lower of two middle ones is taken.
    """
    ordered = np.sort(values, axis=-1)
    last = ordered.shape[-1] - 1
    places = [int(np.floor(last * share / 100)) for share in (low, 50, high)]
    lowest, middle, highest = (ordered[..., place] for place in places)
    return lowest, middle, highest
