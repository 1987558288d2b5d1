"""The proof that no number that was left out follows from those that are published.

It reads the published files and nothing else: their descriptor says what adds up to what. For each
number that is left out it shows two ways to fill in all of them together, in whole numbers, that
agree with every published sum and differ in that number by at least the protection width.

    tangga release DIR

It does not prove what somebody knows who knows more than is published: a family that knows itself,
earlier editions with other families, or the very procedure by which cells were chosen.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tangga.engine.publish.cells import Cells, Key, Row, Shape, gather
from tangga.engine.publish.intervals import Contradiction, ranges, system_of
from tangga.errors import UserError
from tangga.hashing import sha256

PACKAGE = "datapackage.json"


@dataclass(frozen=True)
class Proof:
    """What was shown. cells: numbers published or left out (0 apart); programmes: linear ones.

    narrowest: the least width of an interval that was shown, as a multiple of the protection width
    (at least 1; None where nothing is left out). Wider is not looked for once enough is shown.
    """

    tables: int
    cells: int
    suppressed: int
    programmes: int
    narrowest: float | None


class Unprovable(UserError):
    """A number that was left out can be worked out, or too nearly. told: which cells these are."""

    told: Sequence[Key] = ()


class Changed(UserError):
    """Open tables that are not as they were published, or that contradict each other."""


TODO = "Do not use this folder; publish it again: tangga run DIR --full"


def prove(folder: Path) -> Proof:
    """Prove a folder of open tables.

    Unprovable names the first number that can be worked out too closely, never what it is.
    Changed where a file is not as it was published, or numbers cannot be true together.
    """
    package = _package(folder)
    rules = package["tangga"]
    resources = [one for one in package["resources"] if one.get("tangga", {}).get("protected")]
    try:
        tables = [_read(folder, one) for one in resources]
        cells = gather(tables, _parent(rules["levels"]), rules["smaller"])
    except (ValueError, KeyError) as error:
        raise Changed("tables contradict each other, or cannot be read", file=folder) from error
    _add_up(folder, cells)
    hidden = [number for number, value in enumerate(cells.values) if value is None]
    measures = [key[0] for key in cells.index]
    unit = np.array([rules["units"][one] for one in measures], dtype=float)
    system = system_of(cells, hidden, unit)
    need = np.array([rules["widths"][measures[number]] for number in hidden])
    try:
        found = ranges(system, need)
    except Contradiction as error:
        raise Changed(
            "published numbers cannot be true together", file=folder, todo=TODO
        ) from error
    _check(cells, hidden, found.width, need)
    narrowest = round(float((found.width / need).min()), 6) if hidden else None
    return Proof(len(tables), len(cells.values), len(hidden), found.programmes, narrowest)


def _package(folder: Path) -> dict[str, Any]:
    """The descriptor, with every file that it names as it was published."""
    try:
        package: dict[str, Any] = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Changed("no open tables here", file=folder, todo="tangga run DIR --full") from error
    for one in package["resources"]:
        file = folder / one["path"]
        if not file.is_file():
            raise Changed("a table is missing", file=file, todo=TODO)
        found = f"sha256:{sha256(file)}"
        if one.get("hash", found) != found:
            raise Changed("is not as it was published: its hash differs", file=file, todo=TODO)
    return package


def _add_up(folder: Path, cells: Cells) -> None:
    """Each published whole is the sum of its parts, where all of them are published."""
    for whole, parts in cells.sums:
        values = [cells.values[part] for part in parts]
        total = cells.values[whole]
        if total is None or None in values:
            continue
        if total != sum(value or 0 for value in values):
            measure, area, _ = cells.keys_at(whole)
            what = f"{measure} of area {area or '(all)'} is not the sum of its parts"
            raise Changed(what, file=folder, todo=TODO)


def _check(cells: Cells, hidden: list[int], width: np.ndarray, need: np.ndarray) -> None:
    told = np.flatnonzero(width < need)
    if not len(told):
        return
    keys = [cells.keys_at(hidden[at]) for at in told.tolist()]
    measure, area, values = keys[0]
    where = ", ".join(f"{name}={value}" for name, value in values)
    error = Unprovable(
        f"{len(told)} numbers that are left out can be worked out from what is published, the "
        f"first of them {measure} of area {area or '(all)'}, {where or 'in all'}",
        todo="Do not publish this folder; leave out more, and prove it again",
    )
    error.told = keys
    raise error


def _read(folder: Path, resource: Mapping[str, Any]) -> tuple[Shape, list[Row]]:
    """A published table: an empty cell is one that is left out."""
    says = resource["tangga"]
    shape = Shape(resource["name"], tuple(says["each"]), tuple(says["by"]), tuple(says["measures"]))
    with (folder / resource["path"]).open(encoding="utf-8", newline="") as lines:
        rows = [_row(shape, row) for row in csv.DictReader(lines)]
    return shape, rows


def _row(shape: Shape, row: Mapping[str, str]) -> Row:
    values = tuple(int(row[one]) if row[one] != "" else None for one in shape.measures)
    return (
        row["area"],
        tuple(row[one] for one in shape.each),
        tuple(row[one] for one in shape.by),
        values,
    )


def _parent(levels: Mapping[str, int]) -> Callable[[str], str | None]:
    """The area above another, by the length of codes."""
    lengths = sorted(levels.values())

    def above(area: str) -> str | None:
        shorter = [length for length in lengths if length < len(area)]
        return area[: max(shorter)] if shorter else None

    return above
