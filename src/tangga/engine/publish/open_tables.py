"""The open tables of a run: CSV files with a Data Package descriptor, and the proof beside them.

What is written is read back and proven from the files alone (`prove.py`): the run fails where a
number that was left out follows from the others too closely.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
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
from tangga.engine.publish.prove import prove
from tangga.engine.publish.suppress import suppress
from tangga.engine.runner import Steps
from tangga.rules.on_date import OnDate

SUPPRESSED = "suppressed"
"""A column that names the measures of a row that are left out."""
UNITS = {name: unit for one in COUNTED.values() for name, unit in one.measures.items()}


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
    hidden, cells = leave_out(tables, tree, limits)
    folder.mkdir(mode=0o700)
    for table in tables:
        _write_csv(folder / f"{table.shape.name}.csv", table, tree, hidden, cells)
    plain = write_plain(steps, today, tree, folder)
    write_package(folder, steps.ctx.workspace, today, tables, plain, tree, limits.widths)
    return asdict(prove(folder))


def widths(counts: int, money: Any) -> dict[str, float]:
    """Measure -> how wide its intervals must be, in its own unit."""
    return {
        name: float(counts) if unit == 1 else float(money) / unit for name, unit in UNITS.items()
    }


def leave_out(tables: Iterable[Numbers], tree: AreaTree, limits: Limits) -> tuple[set[int], Cells]:
    """Which cells of all tables together are left out, and the cells."""
    tables = list(tables)
    cells = gather([(t.shape, t.rows) for t in tables], tree.parent, SMALLER)
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
    return suppress(cells, families, limits.threshold, width, unit).hidden, cells


def _write_csv(file: Path, table: Numbers, tree: AreaTree, hidden: set[int], cells: Cells) -> None:
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


__all__ = ["TOTAL", "leave_out", "widths", "write_open"]
