"""Figures of few people: which areas do not show them, so that no subtraction finds them either.

For measures that the pack marks `small_cells` (rehabilitation, conflict). They are shown from one
level on only, never of a single worker; there a figure of fewer than `smallest_cell` is hidden, and
where the area around it, less what is shown, would tell it, the next smallest beside it too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from tangga.engine.area_tree import COUNTRY, AreaTree
from tangga.engine.runner import Steps
from tangga.engine.targets.rows import TEXT, WHOLE, write_rows
from tangga.engine.targets.settings import Pilars
from tangga.rules.small_numbers import hidden_areas

SMALL = "small_cells"


def shown_levels(pilars: Pilars, tree: AreaTree) -> list[str]:
    """The levels at which such a figure is shown at all, the widest first."""
    levels = list(tree.levels)
    lowest = pilars.says["shown_from"]
    return levels[: levels.index(lowest) + 1] if lowest in levels else levels[:1]


def not_shown(counts: Mapping[str, int], least: int, tree: AreaTree) -> frozenset[str]:
    """Which areas do not show their count: rules.small_numbers on the tree of areas.

    counts: area -> people behind the figure. An area without any is left out of it: as there is no
    row of it, its nought hides nobody.
    """
    some = {area: many for area, many in counts.items() if many > 0}
    parents = {area: tree.parent(area) or COUNTRY for area in some if area != COUNTRY}
    return hidden_areas(some, least, parents)


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
    found = [
        (year, measure, area)
        for (year, measure), of in counts.items()
        for area in sorted(not_shown(of, pilars.says["smallest_cell"], tree))
    ]
    columns = {"year": WHOLE, "measure": TEXT, "area": TEXT}
    write_rows(steps, SMALL, columns, found, scratch=True)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "''"
