"""Which Sentra serves an area: the one that has it in its charge, not the nearest.

`sentra.csv`, one row a Sentra and area that it serves: sentra (a short name that stays), name,
area (a code without dots; all that lies below it is served), services (codes of the list `need`,
with ; between; empty: not known), valid_from, valid_to (exclusive, empty: open), source, question.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path

from tangga.registry.areas import Areas
from tangga.registry.checks import AREA
from tangga.registry.csv_limits import cut_into_cells
from tangga.registry.mistakes import Mistakes, nearest
from tangga.registry.model import NAME, CodeList
from tangga.rules.policy import Place

COLUMNS = ("sentra", "name", "area", "services", "valid_from", "valid_to", "source", "question")
SERVICES = "need"


@dataclass(frozen=True)
class Sentra:
    """A Sentra and one area that it serves, from when to before when (valid_to is exclusive).

    services: codes of the list `need`; None where it is not known which it has.
    """

    id: str
    name: str
    area: str
    services: frozenset[str] | None
    valid_from: date
    valid_to: date | None
    source: str
    question: str
    place: Place = field(compare=False)

    def covers(self, on: date) -> bool:
        """Whether it serves the area on a day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True)
class Sentras:
    """All rows of sentra.csv, of the pack and of overlays."""

    rows: tuple[Sentra, ...] = ()

    def sentra_for(self, area: str, on: date) -> Sentra | None:
        """Who serves an area (a code without dots) on a day; None where nobody is known to.

        A row for a narrower area goes before one for a wider area that includes it.
        """
        serving = [row for row in self.rows if area.startswith(row.area) and row.covers(on)]
        return max(serving, key=lambda row: len(row.area), default=None)


def read_sentras(
    path: Path, codes: Mapping[str, CodeList], mistakes: Mistakes, base: Sentras
) -> Sentras:
    """The rows of a file after those of the base; what is wrong is noted, with its line."""
    try:
        rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")), restval="")
    except UnicodeDecodeError:
        mistakes.add("not readable as UTF-8", path, todo="Save it as CSV UTF-8")
        return base
    with cut_into_cells(path, rows):
        if tuple(rows.fieldnames or ()) != COLUMNS:
            mistakes.add(f"the header is not {','.join(COLUMNS)}", path, 1)
            return base
        found = [_row(row, codes, Place(path, rows.line_num), mistakes) for row in rows]
    all_rows = (*base.rows, *(row for row in found if row is not None))
    _told_apart(all_rows, mistakes)
    return Sentras(all_rows)


def check_areas(sentras: Sentras, areas: Areas, mistakes: Mistakes) -> None:
    """Note every row whose area the pack does not have."""
    for row in sentras.rows:
        if row.area not in areas.by_code:
            mistakes.add(f"no area {row.area} in the pack", row.place.file, row.place.line)


def _row(
    row: Mapping[str, str], codes: Mapping[str, CodeList], place: Place, mistakes: Mistakes
) -> Sentra | None:
    if None in row:
        mistakes.add("more cells than headings", place.file, place.line)
        return None
    cells = {key: value.strip() for key, value in row.items()}
    wrong = [f"{key} is missing" for key in ("name", "source") if not cells[key]]
    if not NAME.fullmatch(cells["sentra"]):
        wrong.append(f"{cells['sentra']!r}: names are lower-case letters, digits and _")
    if not AREA.fullmatch(cells["area"]):
        wrong.append(f"{cells['area']!r} is no code of an area without dots")
    services, unknown = _services(cells["services"], codes)
    wrong += unknown
    first, last = _day(cells["valid_from"]), _day(cells["valid_to"])
    if first is None:
        wrong.append(f"valid_from {cells['valid_from']!r} is no day such as 2026-01-31")
    if cells["valid_to"] and (last is None or (first is not None and last <= first)):
        wrong.append(f"valid_to {cells['valid_to']!r} is no day after valid_from")
    for what in wrong:
        mistakes.add(what, place.file, place.line)
    if wrong or first is None:
        return None
    return Sentra(
        *(cells["sentra"], cells["name"], cells["area"], services, first, last),
        *(cells["source"], cells["question"], place),
    )


def _services(cell: str, codes: Mapping[str, CodeList]) -> tuple[frozenset[str] | None, list[str]]:
    """The codes of a cell, None for an empty one; and what is wrong with them."""
    if not cell:
        return None, []
    known = codes[SERVICES].codes if SERVICES in codes else {}
    given = [word.strip() for word in cell.split(";")]
    wrong = [f"no service {one!r}. {nearest(one, known)}" for one in given if one not in known]
    return frozenset(given), wrong


def _day(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return None


def _told_apart(rows: Sequence[Sentra], mistakes: Mistakes) -> None:
    """An area is served by one at a time."""
    by_area = sorted(rows, key=lambda row: (row.area, row.valid_from))
    for earlier, later in pairwise(by_area):
        if earlier.area == later.area and earlier.covers(later.valid_from):
            what = f"area {later.area} is served by {earlier.id!r} in the same days"
            todo = "End the earlier row with valid_to"
            mistakes.add(what, later.place.file, later.place.line, todo)
