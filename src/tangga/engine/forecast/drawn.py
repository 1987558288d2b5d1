"""The drawn part: futures on cells, gathered by area as they go.

    found = draw(outlook, says, Asked(draws=200, seed=1))
    found.bands["graduate"]            # [low/median/high, month, area]

Areas are villages and all that hold them. What is drawn never touches what is known by arithmetic:
it says how much of it will still be so, and what comes beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tangga.engine.area_tree import AreaTree
from tangga.engine.forecast.cells import (
    NEVER,
    YEAR,
    Cells,
    Drawn,
    Month,
    Real,
    Step,
    Whole,
    bands,
    futures,
    monthly,
    stream,
)
from tangga.engine.forecast.exact import Outlook
from tangga.engine.forecast.expected import Expected, expected
from tangga.engine.forecast.families import KINDS
from tangga.engine.forecast.rates import Rate, steps_of
from tangga.engine.forecast.statements import statement

ARRIVE, BIRTHS, DEATHS, DIES_OUT, CHANGE = (
    "reaches_cap",
    "births",
    "deaths",
    "dies_out",
    "owed_change",
)
ALL = ""
"""All programmes together."""


@dataclass(frozen=True)
class Asked:
    """draws: so many futures. seed: another draws others. low, high: per cent of the futures."""

    draws: int
    seed: int
    low: int
    high: int


@dataclass
class Futures:
    """Bands by (measure, programme): months and years, each [low/median/high, month or year, area].

    areas: (level, code). A year's band is of the year's sums: those of its months do not add up.
    """

    areas: list[tuple[str, str]]
    months: dict[tuple[str, str], Real] = field(default_factory=dict)
    years: dict[tuple[str, str], Real] = field(default_factory=dict)


def cells_of(outlook: Outlook, letters: int, rungs: tuple[str, ...]) -> Cells:
    """The cells of an outlook's families on the ladder; areas are the first letters of a village.

    Makes the table `family_cells`. Families of every year of the cap take steps alike, so cells are
    not parted by it: `arrive` has its month, and three times as many cells would cost as much more.
    rungs: those that steps lead to, though nobody stands there.
    """
    run = outlook.run
    k = "NULL::INTEGER" if outlook.cap is None else "reaches_cap_k"
    area = f"left(coalesce(village, ''), {letters})"
    run.make("family_cells", statement("family_cells", families=outlook.families, area=area, k=k))
    rows = run.rows(
        "SELECT area, rung, kind, count(*) FROM family_cells "
        "GROUP BY cell, area, rung, kind ORDER BY cell"
    )
    arrive = np.zeros((len(rows), outlook.calendar.months + 1), np.int64)
    for cell, month, many in run.rows(
        "SELECT cell, k, count(*) FROM family_cells WHERE k IS NOT NULL GROUP BY cell, k"
    ):
        arrive[cell, month] = many
    areas = tuple(dict.fromkeys(row[0] for row in rows))
    names = tuple(dict.fromkeys([*rungs, *(row[1] for row in rows)]))
    area_of, rung, kind = (
        _positions([row[n] for row in rows], each) for n, each in enumerate((areas, names, KINDS))
    )
    families = np.array([row[3] for row in rows], np.int64)
    band = np.full(len(rows), NEVER)
    return Cells(areas, names, KINDS, area_of, rung, kind, band, families, arrive)


def _positions(values: list[str], names: tuple[str, ...]) -> Whole:
    place = {name: n for n, name in enumerate(names)}
    return np.array([place[value] for value in values], np.int64)


def draw(
    outlook: Outlook,
    rates: list[Rate],
    says: Mapping[str, Any],
    asked: Asked,
    tree: AreaTree,
    report: Callable[[str, int, int], None],
) -> tuple[Expected, Futures]:
    """Draw all futures; returns what was expected of the cells, and the bands by area."""
    rungs = tuple(dict.fromkeys(r for one in says["step"] for r in (one["from"], one["to"])))
    cells = cells_of(outlook, max(tree.levels.values()), rungs)
    hoped = expected(outlook, says, cells)
    steps = steps_of(rates, says["weight_months"], asked.draws, asked.seed)
    steps += [dying_out(cells, hoped, rung) for rung in cells.rungs]
    months = outlook.calendar.months
    gathered = Gathered(cells, hoped, steps, asked, tree, months)
    for month in futures(cells, steps, months=months, draws=asked.draws, seed=asked.seed):
        gathered.take(month)
        report("futures", month.index, months)
    return hoped, gathered.finished()


def dying_out(cells: Cells, hoped: Expected, rung: str) -> Step:
    """Families of one who die, on whichever rung they stand; the mean of the years."""
    yearly = hoped.alone.mean(axis=1) / np.maximum(cells.families, 1)
    return Step(f"{DIES_OUT}/{rung}", rung, None, monthly(yearly)[:, None], ends_support=True)


class Gathered:
    """What futures give, month after month, by area."""

    def __init__(
        self,
        cells: Cells,
        hoped: Expected,
        steps: list[Step],
        asked: Asked,
        tree: AreaTree,
        months: int,
    ) -> None:
        self.months_asked = months
        self.cells, self.hoped, self.steps, self.asked = cells, hoped, steps, asked
        self.within = _within(cells.areas, tree)
        self.areas = [area for area, _ in self.within]
        self.tree = tree
        self.streams = {
            what: [stream(asked.seed, f"{what}/{area}") for area in cells.areas]
            for what in (BIRTHS, DEATHS)
        }
        shape = (len(cells), asked.draws)
        self.net = np.zeros(shape, np.int32)
        self.persons = {what: np.zeros((len(cells.areas), asked.draws)) for what in self.streams}
        self.months: dict[tuple[str, str], list[Real]] = {}
        self.years: dict[tuple[str, str], list[Real]] = {}
        self.so_far: dict[tuple[str, str], NDArray[Any]] = {}

    def take(self, month: Month) -> None:
        """One month of all futures."""
        flows = _flows(month)
        for name, moved in flows.items():
            self._keep((name, ALL), self.cells.by_area(moved))
        self._keep((ARRIVE, ALL), self.cells.by_area(month.arrived))
        for step in self.steps:
            moved = month.flows[step.name]
            self.net += moved * (int(step.ends_support) - int(step.starts_support))
        self._persons(month)
        self._owed(month)
        if month.index % YEAR == 0 or month.index == self.months_asked:
            self._end_of_year()

    def _persons(self, month: Month) -> None:
        """Births and deaths: Poisson about what is expected of the families that are left."""
        left = month.here.sum(axis=1) / np.maximum(self.cells.families, 1)[:, None]
        year = (month.index - 1) // 12
        for what, yearly in ((BIRTHS, self.hoped.births), (DEATHS, self.hoped.deaths)):
            mean = self.cells.by_area(yearly[:, year, None] / 12 * left)
            drawn = np.stack(
                [own.poisson(m) for own, m in zip(self.streams[what], mean, strict=True)]
            )
            self.persons[what] += drawn
            self._keep((what, ALL), drawn)

    def _owed(self, month: Month) -> None:
        """How much more or less is owed than by arithmetic: who left or came, births, deaths."""
        total = np.zeros((len(self.cells.areas), self.asked.draws))
        for programme, owed in self.hoped.owed.items():
            of_area = _changed(self.cells, owed[:, month.index], self.net)
            for what, amount in self.hoped.amounts(programme).items():
                of_area += self.persons[what] * amount[:, None] / 12
            self._keep((CHANGE, programme), of_area)
            total += of_area
        self._keep((CHANGE, ALL), total)

    def _keep(self, key: tuple[str, str], values: NDArray[Any]) -> None:
        of_all = np.stack([values[part].sum(axis=0) for _, part in self.within])
        self.months.setdefault(key, []).append(self._bands(of_all))
        self.so_far[key] = self.so_far[key] + of_all if key in self.so_far else of_all

    def _bands(self, of_all: NDArray[Any]) -> Real:
        return np.stack(bands(of_all, self.asked.low, self.asked.high))

    def _end_of_year(self) -> None:
        for key, sums in self.so_far.items():
            self.years.setdefault(key, []).append(self._bands(sums))
        self.so_far = {}

    def finished(self) -> Futures:
        """The bands of every measure, whole numbers."""
        levels = [(self.tree.level(area), area) for area in self.areas]
        months, years = (
            {key: np.rint(np.stack(parts, axis=1)) for key, parts in each.items()}
            for each in (self.months, self.years)
        )
        return Futures(levels, months, years)


def _flows(month: Month) -> dict[str, Drawn]:
    """Steps by name, dying out together whatever the rung."""
    found: dict[str, Drawn] = {}
    for name, moved in month.flows.items():
        plain = name.split("/")[0]
        found[plain] = found[plain] + moved if plain in found else moved
    return found


def _within(villages: tuple[str, ...], tree: AreaTree) -> list[tuple[str, slice]]:
    """Every area with its villages, which stand side by side in order of code."""
    codes = np.array(villages)
    found = []
    for area in tree.above(villages):
        (inside,) = (
            np.nonzero(np.char.startswith(codes, area)) if area else (np.arange(len(codes)),)
        )
        found.append((area, slice(int(inside[0]), int(inside[-1]) + 1)))
    return found


def _changed(cells: Cells, owed: Whole, net: Drawn) -> Real:
    """Rupiah by area: what those take with them who left, what those bring who came to support.

    owed: of each cell by arithmetic. Who leaves takes the mean of the cell; who comes from a cell
    to which nothing is owed brings the mean of the area.
    """
    each = owed / np.maximum(cells.families, 1)
    supported = np.where(owed > 0, cells.families, 0)
    of_area = cells.by_area(owed) / np.maximum(cells.by_area(supported), 1)
    left = np.minimum(net, cells.families[:, None]) * each[:, None]
    came = np.maximum(-net, 0) * np.where(owed > 0, 0.0, of_area[cells.area])[:, None]
    return np.asarray(cells.by_area(came - np.where(owed[:, None] > 0, left, 0.0)))
