"""The open tables of a run: CSV files with a Data Package descriptor, and the proof beside them.

What is written is read back and proven from the files alone (`prove.py`). Where a number that was
left out follows from the others too closely, more is left out and all is proven again; the run
fails where that does not end.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tangga.engine.area_tree import AreaTree, area_tree
from tangga.engine.publish.aggregate import Numbers, count_all
from tangga.engine.publish.cells import TOTAL, Cells, gather, key_of
from tangga.engine.publish.counted import COUNTED, SMALLER, STAGE
from tangga.engine.publish.package import write_package
from tangga.engine.publish.plain import write_plain
from tangga.engine.publish.prove import Proof, Unprovable, prove
from tangga.engine.publish.suppress import suppress
from tangga.engine.runner import Steps
from tangga.rules.on_date import OnDate

SUPPRESSED = "suppressed"
"""A column that names the measures of a row that are left out."""
UNITS = {name: unit for one in COUNTED.values() for name, unit in one.measures.items()}


ROUNDS = 8
"""How often more is left out because the proof does not hold, before the run fails."""


@dataclass(frozen=True)
class Limits:
    """What holds for every table. threshold: of families. widths: measure -> in its own unit."""

    threshold: int
    widths: Mapping[str, float]


def write_open(steps: Steps, today: OnDate, folder: Path) -> dict[str, Any]:
    """Write all open tables into a folder that is empty; returns what the proof found.

    {} where the policy of the day declares none. Unprovable where the proof fails.
    """
    if STAGE not in today.settings:
        return {}
    says = today.settings[STAGE].says
    tree = area_tree(steps.ctx.workspace.pack_areas)
    limits = Limits(says["threshold"], widths(says["width"], says["money_width"]))
    tables = count_all(steps, today, tree)
    folder.mkdir(mode=0o700)
    plain = write_plain(steps, today, tree, folder)

    def write(hidden: Set[int], cells: Cells) -> Proof:
        for table in tables:
            _write_csv(folder / f"{table.shape.name}.csv", table, tree, hidden, cells)
        write_package(folder, steps.ctx.workspace, today, tables, plain, tree, limits.widths)
        return prove(folder)

    return asdict(until_proven(tables, tree.parent, limits, write))


def until_proven(
    tables: Sequence[Numbers],
    parent: Callable[[str], str | None],
    limits: Limits,
    write: Callable[[Set[int], Cells], Proof],
) -> Proof:
    """Leave out cells until the proof of what is written holds, in at most ROUNDS rounds.

    write: write the tables without some cells, and prove them. Unprovable from the last round.
    """
    cells = gather([(t.shape, t.rows) for t in tables], parent, SMALLER)
    hidden: Set[int] = frozenset()
    told: list[int] = []
    for _ in range(ROUNDS - 1):
        hidden = leave_out(tables, cells, limits, hidden, told)
        try:
            return write(hidden, cells)
        except Unprovable as error:
            told = [cells.index[key] for key in error.told]
    return write(leave_out(tables, cells, limits, hidden, told), cells)


def widths(counts: int, money: Any) -> dict[str, float]:
    """Measure -> how wide its intervals must be, in its own unit."""
    return {
        name: float(counts) if unit == 1 else float(money) / unit for name, unit in UNITS.items()
    }


def leave_out(
    tables: Iterable[Numbers],
    cells: Cells,
    limits: Limits,
    before: Set[int] = frozenset(),
    told: Sequence[int] = (),
) -> set[int]:
    """Which cells of all tables together are left out. before, told: see `suppress`."""
    families = np.full(len(cells.values), 0)
    for table in tables:
        for row, behind in zip(table.rows, table.families, strict=True):
            for measure in table.shape.measures:
                number = cells.index.get(key_of(table.shape, measure, *row[:3]))
                if number is not None:
                    families[number] = behind
    measures = [key[0] for key in cells.index]
    width = np.array([limits.widths[one] for one in measures])
    unit = np.array([UNITS[one] for one in measures], dtype=float)
    return suppress(cells, families, limits.threshold, width, unit, before, told).hidden


def _write_csv(file: Path, table: Numbers, tree: AreaTree, hidden: Set[int], cells: Cells) -> None:
    shape = table.shape
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        dimensions = (*shape.each, *shape.by)
        writer.writerow(["level", "area", "area_name", *dimensions, *shape.measures, SUPPRESSED])
        for area, each, by, values in table.rows:
            keys = [key_of(shape, measure, area, each, by) for measure in shape.measures]
            out_of = [cells.index.get(key) in hidden for key in keys]
            told = ["" if out else value for out, value in zip(out_of, values, strict=True)]
            named = " ".join(m for m, out in zip(shape.measures, out_of, strict=True) if out)
            row = [tree.level(area), area, tree.name(area), *each, *by, *told, named]
            writer.writerow(row)


__all__ = ["TOTAL", "leave_out", "until_proven", "widths", "write_open"]
