"""By what a target is spread: what each area and each worker has."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from tangga.engine.area_tree import COUNTRY, AreaTree
from tangga.engine.targets.care import Basis
from tangga.engine.targets.load import Carried
from tangga.engine.targets.workers import Worker

LAST = "~"
"""Behind every sign of a code."""
CASELOAD, ELIGIBLE, EQUAL = "caseload", "eligible", "equal"
NONE = Basis(0, 0, 0, 0)


@dataclass(frozen=True)
class Ground:
    """What targets stand on.

    basis: area -> families, of areas in which families of the register live. workers: those on
    duty; None where no list was received. carried: (worker, pilar) -> families in their care.
    off_duty: ids of workers of the list who are not on duty.
    """

    tree: AreaTree
    basis: Mapping[str, Basis]
    workers: tuple[Worker, ...] | None
    carried: Mapping[tuple[str, str], Carried]
    by_families: frozenset[str] = frozenset()
    off_duty: frozenset[str] = frozenset()

    @cached_property
    def covered(self) -> frozenset[str]:
        """Areas where families live or workers are posted, and those around them."""
        posts = {post for one in self.workers or () for post in one.posts}
        return frozenset(self.tree.above([*self.basis, *posts]))

    @cached_property
    def _by_length(self) -> Mapping[int, list[str]]:
        """Letters of a code -> the areas of that level, in order of code."""
        found: dict[int, list[str]] = defaultdict(list)
        for code in sorted({*self.tree.areas.by_code, *self.covered}):
            found[len(code)].append(code)
        return found

    def children(self, area: str) -> list[str]:
        """The areas right below one, in order of code."""
        below = self.tree.below(self.tree.level(area))
        if below is None:
            return []
        codes = self._by_length[self.tree.levels[below]]
        return codes[bisect_left(codes, area) : bisect_left(codes, area + LAST)]

    @cached_property
    def _by_pilar(self) -> Mapping[str, list[Worker]]:
        found: dict[str, list[Worker]] = defaultdict(list)
        for one in sorted(self.workers or ()):
            found[one.pilar].append(one)
        return found

    @cached_property
    def _within(self) -> Mapping[tuple[str, str], list[Worker]]:
        """(pilar, area) -> the workers whose whole area lies within it, in order of id."""
        found: dict[tuple[str, str], list[Worker]] = defaultdict(list)
        for pilar, workers in self._by_pilar.items():
            for one in workers:
                for area in self.tree.above([one.area]) if one.area is not None else ():
                    found[pilar, area].append(one)
        return found

    def workers_in(self, pilar: str, area: str = COUNTRY) -> list[Worker]:
        """The workers of a pilar whose area lies within this one, in order of id."""
        return self._within.get((pilar, area), [])

    def find(self, worker: str, pilar: str) -> Worker | None:
        """A worker by id; of any pilar where '' is asked for, the first in order."""
        everybody = self.workers or ()
        found = [one for one in everybody if one.id == worker and pilar in ("", one.pilar)]
        return min(found, default=None)

    def weight(self, area: str, rule: str) -> int | None:
        """What an area weighs by a rule; None where the register has nobody, so nobody knows."""
        if rule == EQUAL:
            return 1
        if area not in self.covered:
            return None
        has = self.basis.get(area, NONE)
        return has.in_care if rule == CASELOAD else has.graduable

    def weight_of(self, worker: Worker, rule: str) -> int | None:
        """What a worker weighs by a rule; None where it is not known.

        Of a pilar that works by families those in their care, or as many as the list states; of
        another as many as its list states, or those of its area.
        """
        if rule == EQUAL:
            return 1
        own = self.carried.get((worker.id, worker.pilar), Carried())
        if worker.pilar in self.by_families:
            if rule == ELIGIBLE:
                return own.graduable
            return own.all if worker.caseload is None else worker.caseload
        if rule == CASELOAD and worker.caseload is not None:
            return worker.caseload
        return None if worker.area is None else self.weight(worker.area, rule)

    def shares_of_pilars(self, pilars: Iterable[str], area: str) -> dict[str, int]:
        """Pilar -> its workers in an area: by them a target for all pilar is divided; all alike
        where nobody is there."""
        found = {pilar: len(self.workers_in(pilar, area)) for pilar in pilars}
        return found if any(found.values()) else dict.fromkeys(found, 1)
