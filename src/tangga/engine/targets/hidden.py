"""Figures of few people: which areas do not show them, so that no subtraction finds them either.

For measures that the pack marks `small_cells` (rehabilitation, conflict). They are shown from one
level on only, never of a single worker; there a figure of fewer than `smallest_cell` is hidden, and
where the area around it, less what is shown, would tell it, the next smallest beside it too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from tangga.engine.area_tree import AreaTree
from tangga.engine.runner import Steps
from tangga.engine.targets.rows import TEXT, WHOLE, write_rows
from tangga.engine.targets.settings import Pilars

SMALL = "small_cells"


def shown_levels(pilars: Pilars, tree: AreaTree) -> list[str]:
    """The levels at which such a figure is shown at all, the widest first."""
    levels = list(tree.levels)
    lowest = pilars.says["shown_from"]
    return levels[: levels.index(lowest) + 1] if lowest in levels else levels[:1]


def hidden_areas(
    counts: Mapping[str, int], least: int, levels: Sequence[int], tree: AreaTree
) -> set[str]:
    """Which areas do not show their count.

    counts: area -> people behind the figure, of all areas of these levels (letters of a code, the
    widest first) that have any. What is hidden within one area is at least two figures and at least
    `least` people, or the area itself is hidden, and with it all that lies inside of it.
    """
    hidden = {area for area, many in counts.items() if 0 < many < least}
    before = -1
    while before != len(hidden):
        before = len(hidden)
        for letters in sorted(levels, reverse=True)[:-1]:
            for parent, areas in _within(counts, letters, tree).items():
                _hide_more(parent, areas, counts, least, hidden)
                if parent in hidden:
                    # Shown, they would add up to the parent again.
                    hidden.update(areas)
    return hidden


def _within(counts: Mapping[str, int], letters: int, tree: AreaTree) -> dict[str, list[str]]:
    """The areas of a level that have any, by the area around them."""
    siblings: dict[str, list[str]] = defaultdict(list)
    for area in sorted(counts):
        if len(area) == letters and counts[area] > 0:
            siblings[tree.parent(area) or ""].append(area)
    return siblings


def _hide_more(
    parent: str, areas: Sequence[str], counts: Mapping[str, int], least: int, hidden: set[str]
) -> None:
    """Where an area around is shown, what is hidden within it must not follow from it."""
    within = [area for area in areas if area in hidden]
    others = sorted((a for a in areas if a not in hidden), key=lambda a: (counts[a], a))
    while within and (len(within) < 2 or sum(counts[a] for a in within) < least):
        if not others:
            hidden.add(parent)
            return
        within.append(others.pop(0))
    hidden.update(within)


def write_small(steps: Steps, pilars: Pilars, tree: AreaTree) -> None:
    """Write scratch `small_cells`: year, measure, area of every figure that is not shown."""
    marked = [m.id for m in pilars.measures.values() if m.hidden]
    levels = shown_levels(pilars, tree)
    rows = steps.fetch(
        "SELECT year, measure, area, CAST(sum(coalesce(of, achieved)) AS BIGINT) "
        f"FROM {steps.scan('achievement')} WHERE worker = '' "
        f"AND measure IN ({_listed(marked)}) AND level IN ({_listed(levels)}) "
        "GROUP BY ALL ORDER BY ALL"
    )
    counts: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for year, measure, area, many in rows:
        counts[year, measure][area] = many
    letters = [tree.levels[level] for level in levels]
    found = [
        (year, measure, area)
        for (year, measure), of in counts.items()
        for area in sorted(hidden_areas(of, pilars.says["smallest_cell"], letters, tree))
    ]
    columns = {"year": WHOLE, "measure": TEXT, "area": TEXT}
    write_rows(steps, SMALL, columns, found, scratch=True)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "''"
