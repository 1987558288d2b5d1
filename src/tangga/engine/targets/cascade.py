"""Targets from where they were set to the levels below and to workers, in whole numbers.

What is set for an area goes to the areas right below it by a rule and from there further down; and,
beside that, to the workers of the pilar in it. What is set below, at any depth, stands: it is kept
back first, and the rest goes to the others. Where what stands is more than there is, or nobody is
left for the rest, the difference is told. A share holds for all below as it is. Above what was set
stands the sum of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tangga.engine.targets.doubts import NOT_COUNTED, doubt_of
from tangga.engine.targets.files import Key, Target
from tangga.engine.targets.ground import EQUAL, Ground
from tangga.engine.targets.settings import Measure, Pilars
from tangga.engine.targets.workers import Worker
from tangga.rules.spread import spread_rest

WORKER = "worker"
SUM, BY_PILAR = "sum", "pilar"


@dataclass
class Row:
    """One target of an area or worker, as it stands.

    value: None where nobody knows by what to spread. given: it was set; else it was spread (or
    summed, rule `sum`) from `set_from`. children_sum: the areas below together; difference: the
    value less that. The same of workers: workers_sum, workers_difference; None where there is
    nothing to compare. doubt: what does not go together in a target of a worker.
    """

    key: Key
    level: str
    area: str
    worker: str
    value: int | None
    given: bool
    set_from: str
    rule: str
    source: Target | None = None
    children_sum: int | None = None
    difference: int | None = None
    workers_sum: int | None = None
    workers_difference: int | None = None
    doubt: str = ""


@dataclass
class _Given:
    """Targets set for one key: by area and by worker."""

    areas: dict[str, Target] = field(default_factory=dict)
    workers: dict[str, Target] = field(default_factory=dict)


def cascade(targets: Iterable[Target], pilars: Pilars, ground: Ground) -> list[Row]:
    """Every target of every level and worker, in order of key, area and worker."""
    given: dict[Key, _Given] = defaultdict(_Given)
    together = []
    for target in targets:
        if not target.key.pilar and not target.worker:
            together.append(target)
        else:
            _put(given, _of_pilar(target, pilars.measures[target.key.measure], ground))
    rows = [row for target in together for row in _together(target, given, pilars, ground)]
    for key, some in given.items():
        rows += _Cascade(key, some, pilars, ground).rows()
    numbers = [target for target in together if pilars.measures[target.key.measure].counted]
    rows += _sums_of_pilars(numbers, rows)
    return sorted(rows, key=lambda r: (r.key, r.area, r.level == WORKER, r.worker))


def _put(given: dict[Key, _Given], target: Target) -> None:
    some = given[target.key]
    if target.worker:
        some.workers[target.worker] = target
    else:
        some.areas[target.area] = target


def _of_pilar(target: Target, measure: Measure, ground: Ground) -> Target:
    """A worker's target without a pilar is for the pilar of the worker, if that is measured so."""
    if target.key.pilar or not target.worker:
        return target
    key = target.key
    pilar = next((one for one in measure.pilar if ground.find(target.worker, one)), "")
    return Target(
        Key(key.year, key.measure, pilar, key.programme, key.exits),
        *(target.area, target.worker, target.value, target.rule, target.file, target.line),
    )


def _together(
    target: Target, given: dict[Key, _Given], pilars: Pilars, ground: Ground
) -> list[Row]:
    """A target for all pilar of a measure: its own row, and one of each pilar that has none."""
    measure = pilars.measures[target.key.measure]
    rule = BY_PILAR if measure.counted else ""
    own = _row(target.key, target, ground, rule)
    keys = {
        pilar: Key(target.key.year, measure.id, pilar, target.key.programme, target.key.exits)
        for pilar in measure.pilar
    }
    stands = {
        pilar: given[key].areas[target.area].value
        for pilar, key in keys.items()
        if key in given and target.area in given[key].areas
    }
    if measure.counted:
        shares = spread_rest(
            target.value, dict(ground.shares_of_pilars(measure.pilar, target.area)), stands
        )
        own.children_sum, own.difference = target.value - shares.difference, shares.difference
        values = shares.values
    else:
        values = dict.fromkeys(measure.pilar, target.value)
    for pilar, value in values.items():
        if pilar not in stands and value is not None:
            part = Target(keys[pilar], target.area, "", value, target.rule)
            given[keys[pilar]].areas[target.area] = part
    return [own]


def _row(key: Key, target: Target, ground: Ground, rule: str) -> Row:
    level = ground.tree.level(target.area)
    return Row(key, level, target.area, "", target.value, True, target.area, rule, target)


def _sums_of_pilars(together: Iterable[Target], rows: Iterable[Row]) -> list[Row]:
    """Below a target for all pilar: what its pilar have together, area by area."""
    found: dict[tuple[Key, str], Row] = {}
    stated: dict[Key, set[str]] = defaultdict(set)
    for target in together:
        stated[target.key].add(target.area)
    for row in rows:
        key = Key(row.key.year, row.key.measure, "", row.key.programme, row.key.exits)
        around = [area for area in stated.get(key, ()) if row.area.startswith(area)]
        if row.level == WORKER or row.value is None or not around or row.area in stated[key]:
            continue
        there = found.setdefault(
            (key, row.area), Row(key, row.level, row.area, "", 0, False, max(around), SUM)
        )
        there.value = (there.value or 0) + row.value
    return list(found.values())


class _Cascade:
    """One key: a year, a measure, a pilar."""

    def __init__(self, key: Key, given: _Given, pilars: Pilars, ground: Ground) -> None:
        self.key, self.given, self.ground = key, given, ground
        self.measure = pilars.measures[key.measure]
        self.usual = pilars.rule(self.measure)
        self.areas: dict[str, Row] = {}
        self.workers: dict[str, Row] = {}
        above = (ground.tree.parent(area) for area in given.areas)
        self.holding = set(ground.tree.above(area for area in above if area is not None))
        """Areas around one that has a target of its own."""

    def rows(self) -> list[Row]:
        """All rows of the key."""
        for area in sorted(self.given.areas, key=lambda code: (len(code), code)):
            if area not in self.areas:
                self._down(area, self.given.areas[area].value, self._rule(area, ""), area)
        for area in self.given.areas:
            self._to_workers(area)
        self._given_workers()
        if self.measure.counted and self.key.pilar:
            self._up()
            self._compare_workers()
        return [*self.areas.values(), *self.workers.values()]

    def _rule(self, area: str, before: str) -> str:
        target = self.given.areas.get(area)
        return (target.rule if target is not None else "") or before or self.usual

    # --- down the areas -----------------------------------------------------------------------

    def _down(self, area: str, value: int | None, rule: str, set_from: str) -> None:
        target = self.given.areas.get(area)
        if target is not None:
            value, rule, set_from = target.value, self._rule(area, rule), area
        level = self.ground.tree.level(area)
        row = Row(self.key, level, area, "", value, target is not None, set_from, rule, target)
        self.areas[area] = row
        children = self.ground.children(area)
        known = target is not None or area in self.ground.covered or area in self.holding
        if not (children and known):
            return
        if self.measure.counted:
            self._spread(row, children)
            return
        row.rule = ""
        for child in children:
            if child in self.ground.covered or self._matters(child):
                self._down(child, value, rule, set_from)

    def _spread(self, row: Row, children: Iterable[str]) -> None:
        """What an area has, to the areas right below it."""
        if row.value is None or not (row.value or row.area in self.holding):
            return
        weights = {child: self._weight(child, row.rule) for child in children}
        stands = {c: self.given.areas[c].value for c in weights if c in self.given.areas}
        reserved = {
            c: sum(self.given.areas[area].value for area in self._set_right_below[c])
            for c in weights
            if c in self.holding and c not in stands
        }
        found = spread_rest(row.value, weights, stands, reserved)
        row.children_sum, row.difference = row.value - found.difference, found.difference
        for child in weights:
            self._down(child, found.values[child], row.rule, row.set_from)

    def _weight(self, area: str, rule: str) -> int | None:
        """What an area weighs without the places in it that have a target of their own."""
        whole = self.ground.weight(area, rule)
        if whole is None or area not in self.holding:
            return whole
        if rule == EQUAL:
            return 0 if self._all_set(area) else whole
        own = (self.ground.weight(inside, rule) or 0 for inside in self._set_right_below[area])
        return whole - sum(own)

    def _all_set(self, area: str) -> bool:
        """Whether every place in an area has a target of its own."""
        if area in self.given.areas:
            return True
        return area in self.holding and all(map(self._all_set, self.ground.children(area)))

    def _matters(self, area: str) -> bool:
        """Whether a target was set for an area, or within it."""
        return area in self.given.areas or area in self.holding

    # --- to workers ---------------------------------------------------------------------------

    def _to_workers(self, area: str) -> None:
        """What was set for an area, to all workers in it who are in no narrower one with a target
        of its own. The part of places where nobody is posted stays with nobody."""
        row = self.areas[area]
        own = self._own_workers.get(area, [])
        if row.value is None or not own:
            return
        rules = self.given.workers
        stands = {one.id: rules[one.id].value for one in own if one.id in rules}
        values: Mapping[str, int | None] = dict.fromkeys((one.id for one in own), row.value)
        if self.measure.counted:
            inside = (self.areas[one].value or 0 for one in self._set_right_below[area])
            rest = row.value - sum(inside) - self._with_nobody(area)
            weights = {one.id: self.ground.weight_of(one, row.rule) for one in own}
            values = spread_rest(rest, weights, stands).values
        for one in own:
            if one.id not in stands:
                self.workers[one.id] = Row(
                    *(self.key, WORKER, one.area or "", one.id, values[one.id], False),
                    *(area, row.rule),
                )

    @cached_property
    def _own_workers(self) -> Mapping[str, list[Worker]]:
        """Area with a target of its own -> the workers for whom it is the narrowest around."""
        found: dict[str, list[Worker]] = defaultdict(list)
        for one in self.ground.workers_in(self.key.pilar):
            around = [a for a in self.ground.tree.above([one.area or ""]) if a in self.given.areas]
            if around:
                found[max(around, key=len)].append(one)
        return found

    @cached_property
    def _set_right_below(self) -> Mapping[str, list[str]]:
        """Area -> those within it that have a target of their own, and none between."""
        found: dict[str, list[str]] = defaultdict(list)
        for area in sorted(self.given.areas):
            around = self.ground.tree.parent(area)
            while around is not None:
                found[around].append(area)
                around = None if around in self.given.areas else self.ground.tree.parent(around)
        return found

    def _with_nobody(self, area: str) -> int:
        """How much of what an area has is for places where no worker of the pilar is posted."""
        within = self.ground.workers_in(self.key.pilar, area)
        if any(one.area == area for one in within):
            return 0
        if not within:
            return self.areas[area].value or 0
        below = self.ground.children(area)
        return sum(
            self._with_nobody(child)
            for child in below
            if child in self.areas and child not in self.given.areas
        )

    def _given_workers(self) -> None:
        for worker, target in self.given.workers.items():
            own = self.ground.find(worker, self.key.pilar) or self.ground.find(worker, "")
            area = (own.area if own is not None else None) or target.area
            row = Row(self.key, WORKER, area, worker, target.value, True, area, "", target)
            row.doubt = doubt_of(
                worker, target.area, self.key.pilar, self.measure.pilar, self.ground
            )
            self.workers[worker] = row

    # --- up, and the comparison ---------------------------------------------------------------

    def _up(self) -> None:
        """Above what was set, where nothing is: the sum of what stands below."""
        sums: dict[str, int] = defaultdict(int)
        tops = [r for a, r in self.areas.items() if r.given and not self._has_above(a)]
        tops += [r for r in self._counted if r.given and not self._has_above(r.area, True)]
        for row in tops:
            for area in self.ground.tree.above([row.area]):
                if area not in self.areas:
                    sums[area] += row.value or 0
        for area, value in sums.items():
            level = self.ground.tree.level(area)
            self.areas[area] = Row(self.key, level, area, "", value, False, "", SUM)

    @property
    def _counted(self) -> list[Row]:
        """Targets of workers who are known to be of the pilar, or of whom no list tells."""
        return [row for row in self.workers.values() if row.doubt not in NOT_COUNTED]

    def _has_above(self, area: str, itself: bool = False) -> bool:
        around = self.ground.tree.above([area])
        return any(one in self.areas for one in around if itself or one != area)

    def _compare_workers(self) -> None:
        """What the workers within each area have together, beside the target of the area."""
        if self.ground.workers is None:
            return
        sums: dict[str, int] = defaultdict(int)
        for row in self._counted:
            for area in self.ground.tree.above([row.area]):
                sums[area] += row.value or 0
        for area, row in self.areas.items():
            row.workers_sum = sums[area]
            row.workers_difference = None if row.value is None else row.value - sums[area]
