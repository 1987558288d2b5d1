"""Amounts by area and day, from a file of policy: which line holds where, and since when.

The file has the columns `area, valid_from, amount` (whole rupiah) and any others, such as a source.
An area's code stands for all that lies below it: the longest code that a place begins with wins,
and of that area the latest line on or before the day.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from tangga.registry.csv_limits import cut_into_cells
from tangga.registry.mistakes import Mistakes

COLUMNS = ("area", "valid_from", "amount")


@dataclass(frozen=True, slots=True)
class Line:
    """From this day, this amount holds in this area and below."""

    area: str
    valid_from: date
    amount: int


@dataclass(frozen=True, eq=False)
class Lines:
    """All lines of a file. Two are the same only if they are one object."""

    path: Path
    lines: tuple[Line, ...] = ()

    def on(self, day: date) -> Mapping[str, int]:
        """Area -> the amount that holds there on a day; areas without one are not in it."""
        return _on(self, day)

    def at(self, place: str, day: date) -> int | None:
        """The amount for a place by its code; None where no line covers it."""
        amounts = self.on(day)
        codes = (place[:length] for length in range(len(place), 0, -1))
        return next((amounts[code] for code in codes if code in amounts), None)


@lru_cache(maxsize=64)
def _on(lines: Lines, day: date) -> Mapping[str, int]:
    known = (line for line in lines.lines if line.valid_from <= day)
    return {line.area: line.amount for line in sorted(known, key=lambda line: line.valid_from)}


def read_lines(path: Path, mistakes: Mistakes) -> Lines | None:
    """The lines of a CSV file; None where it cannot be read (noted)."""
    try:
        rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")), restval="")
    except (FileNotFoundError, UnicodeDecodeError):
        mistakes.add("no such file, or not readable as UTF-8", path)
        return None
    with cut_into_cells(path, rows):
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        read = [] if missing else [(row, rows.line_num) for row in rows]
    if missing:
        mistakes.add(f"missing column {', '.join(missing)}", path, 1)
        return None
    found: dict[tuple[str, date], Line] = {}
    for row, at in read:
        line = _line(row, path, at, mistakes)
        if line is not None and (line.area, line.valid_from) in found:
            mistakes.add(f"area {line.area!r} has two lines from one day", path, at)
        elif line is not None:
            found[line.area, line.valid_from] = line
    return Lines(path, tuple(found.values()))


def _line(row: Mapping[str, str], path: Path, number: int, mistakes: Mistakes) -> Line | None:
    area, since, amount = (row[name].strip() for name in COLUMNS)
    if not area.isascii() or not area.isdigit():
        mistakes.add(f"{area!r} is no code of an area", path, number)
        return None
    if not amount.isascii() or not amount.isdigit():
        mistakes.add(f"{amount!r} is no amount in whole rupiah", path, number)
        return None
    try:
        return Line(area, date.fromisoformat(since), int(amount))
    except ValueError:
        mistakes.add(f"{since!r} is no day such as 2026-01-31", path, number)
        return None
