"""What each worker carries, and where workers are lacking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tangga.engine.area_tree import AreaTree
from tangga.engine.runner import Steps
from tangga.engine.targets.assign import ASSIGNMENTS
from tangga.engine.targets.care import CARE, basis_of
from tangga.engine.targets.rows import TEXT, WHOLE, write_rows
from tangga.engine.targets.settings import Pilar, Pilars
from tangga.engine.targets.workers import Worker, active_of

LOAD = {
    "worker": TEXT,
    "pilar": TEXT,
    "level": TEXT,
    "area": TEXT,
    "stated": WHOLE,
    "recorded": WHOLE,
    "proposed": WHOLE,
    "load": WHOLE,
    "most": WHOLE,
    "over": WHOLE,
    "graduable": WHOLE,
}
GAPS = {
    "level": TEXT,
    "area": TEXT,
    "pilar": TEXT,
    "what": TEXT,
    "workers": WHOLE,
    "families": WHOLE,
    "without_worker": WHOLE,
    "over": WHOLE,
    "needed": WHOLE,
}
NO_WORKER, TOO_MANY = "no_worker", "too_many"


@dataclass(frozen=True)
class Carried:
    """Families of one worker: recorded, proposed, and those of them that can graduate."""

    recorded: int = 0
    proposed: int = 0
    graduable: int = 0

    @property
    def all(self) -> int:
        """All of them."""
        return self.recorded + self.proposed


def carried(steps: Steps) -> Mapping[tuple[str, str], Carried]:
    """(worker, pilar) -> families in their care."""
    rows = steps.fetch(
        "SELECT worker, pilar, count(*) FILTER (WHERE how = 'recorded'), "
        "count(*) FILTER (WHERE how = 'proposed'), count(*) FILTER (WHERE c.graduable) "
        f"FROM {steps.scan(ASSIGNMENTS)} AS a JOIN {steps.scan(CARE)} AS c "
        "ON c.family_id = a.family_id GROUP BY worker, pilar"
    )
    return {(worker, pilar): Carried(*counts) for worker, pilar, *counts in rows}


def write_load(
    steps: Steps, pilars: Pilars, workers: Iterable[Worker] | None, tree: AreaTree
) -> None:
    """Write `worker_load` (a worker on duty) and `worker_gaps` (an area that lacks workers).

    Both are empty without a list of workers: what is lacking is not known then.
    """
    listed = [one for one in workers or () if one.active]
    has = carried(steps)
    most = int(pilars.says["load_limit"])
    rows = [_load(one, pilars, has, most, tree) for one in sorted(listed)]
    write_rows(steps, "worker_load", LOAD, rows)
    gaps: list[tuple[object, ...]] = []
    if workers is not None:
        for pilar in pilars.pilars.values():
            posted = active_of(listed, pilar.code)
            gaps += _of_families(steps, pilar, posted, has, most, tree) if pilar.families else ()
            gaps += _of_areas(steps, pilar, posted, tree) if pilar.covers else ()
    write_rows(steps, "worker_gaps", GAPS, sorted(gaps, key=_in_order))


def over_limit(one: Worker, own: Carried, most: int) -> int:
    """By how many families a worker is over the limit: those assigned, or those the list states."""
    return max(0, own.all - most, (one.caseload or 0) - most)


def _in_order(row: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(cell) for cell in (row[2], row[1], row[0]))


def _load(
    one: Worker,
    pilars: Pilars,
    has: Mapping[tuple[str, str], Carried],
    most: int,
    tree: AreaTree,
) -> tuple[object, ...]:
    """Of a pilar that works by families those assigned; of others what the list states."""
    level = tree.level(one.area) if one.area is not None else None
    start = (one.id, one.pilar, level, one.area, one.caseload)
    pilar = pilars.pilars.get(one.pilar)
    if pilar is None or not pilar.families:
        return (*start, None, None, one.caseload, None, None, None)
    own = has.get((one.id, one.pilar), Carried())
    over = over_limit(one, own, most)
    return (*start, own.recorded, own.proposed, own.all, most, over, own.graduable)


def _of_families(
    steps: Steps,
    pilar: Pilar,
    posted: Sequence[Worker],
    has: Mapping[tuple[str, str], Carried],
    most: int,
    tree: AreaTree,
) -> Iterator[tuple[object, ...]]:
    """Areas with families in care whom no worker of a pilar has, or with workers over the limit."""
    families, without = _by_area(steps, pilar, tree)
    over: Counter[str] = Counter()
    within: Counter[str] = Counter()
    for one in posted:
        own = has.get((one.id, one.pilar), Carried())
        for area in _around(one.area, tree):
            over[area] += over_limit(one, own, most)
            within[area] += 1
    posts = {post for one in posted for post in one.posts}
    for area in families:
        lacking = without[area] + over[area]
        if lacking:
            covered = within[area] or not posts.isdisjoint(tree.above([area]))
            yield (
                *(tree.level(area), area, pilar.code, TOO_MANY if covered else NO_WORKER),
                *(within[area], families[area], without[area], over[area]),
                -(-lacking // most),
            )


def _by_area(steps: Steps, pilar: Pilar, tree: AreaTree) -> tuple[Counter[str], Counter[str]]:
    """Area -> families in care; area -> those of them whom no worker of a pilar has."""
    families: Counter[str] = Counter()
    without: Counter[str] = Counter()
    own = f"(SELECT family_id FROM {steps.scan(ASSIGNMENTS)} WHERE pilar = '{pilar.code}')"
    rows = steps.fetch(
        "SELECT coalesce(village, ''), count(*), count(*) FILTER (WHERE a.family_id IS NULL) "
        f"FROM {steps.scan(CARE)} AS c LEFT JOIN {own} AS a ON a.family_id = c.family_id "
        "WHERE in_care GROUP BY 1 ORDER BY 1"
    )
    for village, many, lacking in rows:
        for area in _around(village, tree):
            families[area] += many
            without[area] += lacking
    return families, without


def _of_areas(
    steps: Steps, pilar: Pilar, posted: Sequence[Worker], tree: AreaTree
) -> Iterator[tuple[object, ...]]:
    """Areas of the level that a pilar covers in which families live and nobody is posted."""
    basis = basis_of(steps)
    posts = {post for one in posted for post in one.posts}
    around = set(tree.above(posts))
    for area in sorted(basis):
        there = area in around or not posts.isdisjoint(tree.above([area]))
        if tree.level(area) == pilar.covers and not there:
            families = basis[area].in_care
            yield (pilar.covers, area, pilar.code, NO_WORKER, 0, families, None, None, 1)


def _around(area: str | None, tree: AreaTree) -> list[str]:
    """An area and those above it; nothing of none."""
    return [] if area is None else tree.above([area])
