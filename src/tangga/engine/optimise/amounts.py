"""Who has how much of something in a year: an area's own figure, or a share in that of the area
above.

A figure of an area is never added to that of the area above it. An area without a figure of its own
shares what the nearest area above has left after those that have one; a year without a figure has
that of the last year before it that has one, which is said. Where no area above has any, it is not
known: nothing limits there, and that is said too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tangga.engine.area_tree import AreaTree

Figures = Mapping[tuple[str, str, int], int]
"""(key, area, year) -> rupiah, places or hours."""


@dataclass(frozen=True)
class Pool:
    """What some areas have together in a year. key: of what (a programme, a focus). area: whose
    figure it is. of_year: the year of the figure. areas: numbers of those that draw on it. taken:
    what of the figure is no longer there; amount is without it, and never below 0."""

    key: str
    area: str
    year: int
    of_year: int
    amount: int
    areas: tuple[int, ...]
    taken: int = 0


def pools(
    figures: Figures,
    areas: Sequence[str],
    years: Iterable[int],
    tree: AreaTree,
    taken: Figures | None = None,
) -> list[Pool]:
    """Every pool of every key and year, in order. An area is in at most one of a key and year.

    taken: what is no longer there in a year; it comes off the figure of its own area, or of the
    nearest above that has one. A figure that is carried to a later year is carried whole.
    """
    keys = sorted({key for key, _, _ in figures})
    gone = taken or {}
    return [
        pool
        for key in keys
        for year in years
        for pool in _of(key, year, figures, areas, tree, gone)
    ]


def _of(
    key: str, year: int, figures: Figures, areas: Sequence[str], tree: AreaTree, taken: Figures
) -> Iterable[Pool]:
    """The pools of one key and year."""
    latest: dict[str, int] = {}
    for one, area, of_year in figures:
        if one == key and of_year <= year:
            latest[area] = max(of_year, latest.get(area, of_year))
    gone: dict[str | None, int] = defaultdict(int)
    for (one, area, of_year), amount in taken.items():
        if one == key and of_year == year:
            gone[_nearest(area, latest, tree)] += amount
    drawing, widest = defaultdict(list), max(map(len, areas), default=0)
    for number, area in enumerate(areas):
        owner = _nearest(area, latest, tree)
        if owner is not None:
            drawing[owner].append(number)
    for owner, numbers in sorted(drawing.items()):
        below = [one for one in latest if _nearest_above(one, latest, tree) == owner]
        given = sum(figures[key, one, latest[one]] for one in below if len(one) <= widest)
        amount = max(0, figures[key, owner, latest[owner]] - given - gone[owner])
        yield Pool(key, owner, year, latest[owner], amount, tuple(numbers), gone[owner])


def _nearest(area: str, known: Mapping[str, int], tree: AreaTree) -> str | None:
    """The area itself or the nearest above it that has a figure."""
    return area if area in known else _nearest_above(area, known, tree)


def _nearest_above(area: str, known: Mapping[str, int], tree: AreaTree) -> str | None:
    above = tree.parent(area)
    while above is not None and above not in known:
        above = tree.parent(above)
    return above
