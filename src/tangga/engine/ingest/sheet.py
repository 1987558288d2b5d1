"""Reads a workbook's sheet into a part: every cell as text, as fastexcel gives it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tangga.engine.descriptor import Descriptor
from tangga.engine.ingest.header import Header, best_row, key, make_header
from tangga.engine.ingest.limits import Limits
from tangga.engine.ingest.part import PartWriter
from tangga.engine.ingest.workbook import SheetFacts, Workbook, letters
from tangga.errors import BrokenFile

MOST_NAMED = 3


@dataclass(frozen=True)
class Sheet:
    """A sheet whose header was found.

    cells: all columns of the used range, from sheet row 1 on. rows: indexes of the rows that
    hold anything. first_column: where the used range starts (0 = A). places: which of its
    columns are kept.
    """

    name: str
    cells: list[pa.Array]
    rows: NDArray[np.int64]
    header: Header
    first_column: int
    places: tuple[int, ...]
    facts: SheetFacts
    notes: tuple[str, ...] = ()

    @property
    def filled(self) -> int:
        """Rows, counted by the reader that is not the parser."""
        return sum(row > self.header.row for row in self.facts.filled)


def find_sheet(path: Path, name: str, source: Descriptor, limits: Limits) -> Sheet:
    """Choose the sheet, find its header. Raises BrokenFile."""
    with Workbook(path, name) as book:
        sheet = book.choose(source.sheet)
        facts = book.facts(sheet)
    cells, first_column = _load(path, name, sheet)
    filled = _filled_rows(cells)
    _fill(cells, facts, first_column, top=source.header_row or limits.header_lines)
    at, texts = _header_row(cells, source, name, limits)
    places = tuple(i for i, text in enumerate(texts) if text.strip() or _any_below(cells[i], at))
    header = make_header([texts[place] for place in places], at + 1, source, name)
    found = Sheet(name, cells, filled, header, first_column, places, facts)
    return replace(found, notes=(*_check_formulas(found, source), *_merge_notes(found)))


def _header_row(
    cells: list[pa.Array], source: Descriptor, name: str, limits: Limits
) -> tuple[int, list[str]]:
    """(index of the header's row, its cells)."""
    wanted = source.header_row
    if wanted is not None and wanted > len(cells[0]):
        raise BrokenFile(f"no row {wanted}: the sheet is shorter", file=name)
    top = [column[: wanted or limits.header_lines].to_pylist() for column in cells]
    rows = [[cell or "" for cell in row] for row in zip(*top, strict=True)]
    at = wanted - 1 if wanted else best_row(rows, source.source_columns())
    return at, rows[at]


def read_sheet(sheet: Sheet, part: PartWriter) -> None:
    """All rows below the header that hold anything, to `part`."""
    rows = sheet.rows[sheet.rows >= sheet.header.row]
    taken = [sheet.cells[place].take(pa.array(rows)) for place in sheet.places]
    part.write([pa.chunked_array([column]) for column in taken], rows + 1)


def _load(path: Path, name: str, sheet: str) -> tuple[list[pa.Array], int]:
    """(columns of text from sheet row 1 on, column number of the first)."""
    try:
        loaded = fastexcel.read_excel(path).load_sheet(
            sheet, header_row=None, skip_rows=0, dtypes="string"
        )
        batch = loaded.to_arrow()
        first = min((c.absolute_index for c in loaded.available_columns()), default=0)
    except fastexcel.FastExcelError as error:
        raise _unreadable(name, str(error).splitlines()[0]) from None
    if not batch.num_columns:
        raise _unreadable(name, f"cells of {sheet} stand where none may stand")
    return [pc.cast(column, pa.string()) for column in batch.columns], first


def _unreadable(name: str, what: str) -> BrokenFile:
    todo = "Open it in a spreadsheet program and save it again as .xlsx"
    return BrokenFile(f"the workbook cannot be read ({what})", file=name, todo=todo)


def _filled_rows(cells: list[pa.Array]) -> NDArray[np.int64]:
    """Indexes of the rows with a cell that is not blank."""
    filled = np.zeros(len(cells[0]), np.bool_)
    for column in cells:
        some = pc.not_equal(pc.ascii_trim_whitespace(column), "")
        filled |= pc.fill_null(some, False).to_numpy(zero_copy_only=False)
    return np.flatnonzero(filled).astype(np.int64)


def _any_below(column: pa.Array, at: int) -> bool:
    below = column.slice(at + 1)
    return below.null_count < len(below)


def _fill(cells: list[pa.Array], facts: SheetFacts, first_column: int, *, top: int) -> None:
    """Give every row of a merged cell its value, in place.

    A number merged over the rows of a family is the number of each of them: that is what the
    sheet shows. Rows with nothing of their own stay empty (but among the `top` rows, where the
    header is), and so do columns to the right.
    """
    own, changed = set(facts.filled), {}
    for merge in facts.merges:
        place = merge.left - first_column
        if merge.bottom == merge.top or not 0 <= place < len(cells):
            continue
        values = changed.setdefault(place, cells[place].to_pylist())
        for row in range(merge.top + 1, min(merge.bottom, len(values)) + 1):
            if row in own or row <= top:
                values[row - 1] = values[merge.top - 1]
    for place, values in changed.items():
        cells[place] = pa.array(values, pa.string())


def _check_formulas(sheet: Sheet, source: Descriptor) -> list[str]:
    """Notes on formulas and errors; BrokenFile where a needed column lacks a stored value."""
    needed = {key(column) for column in source.source_columns()}
    names = dict(zip(sheet.places, sheet.header.names, strict=True))
    notes = []
    for column, row in sorted(sheet.facts.no_value.items()):
        name = names.get(column - sheet.first_column)
        if row <= sheet.header.row or name is None:
            continue
        if key(name) in needed:
            raise BrokenFile(
                f"cell {letters(column)}{row} holds a formula without its stored value",
                file=sheet.name,
                line=row,
                column=name,
                todo="Open it in a spreadsheet program, let it calculate, save it again",
            )
        notes.append(f"formulas without a stored value in {name!r}, from row {row} on: left empty")
    for column, row in sorted(sheet.facts.errors.items()):
        name = names.get(column - sheet.first_column)
        if row > sheet.header.row and name is not None:
            notes.append(f"errors such as #N/A in {name!r}, from row {row} on: left empty")
    return notes


def _merge_notes(sheet: Sheet) -> list[str]:
    """What was done about merged cells below the header."""
    merges = [merge for merge in sheet.facts.merges if merge.bottom > sheet.header.row]
    down = [str(merge) for merge in merges if merge.bottom > merge.top]
    across = [str(merge) for merge in merges if merge.bottom == merge.top]
    notes = []
    if down:
        notes.append(f"merged cells ({_some(down)}): each row was given the value")
    if across:
        notes.append(f"cells merged across columns ({_some(across)}): the value is in the first")
    return notes


def _some(ranges: list[str]) -> str:
    more = f" and {len(ranges) - MOST_NAMED} more" if len(ranges) > MOST_NAMED else ""
    return ", ".join(ranges[:MOST_NAMED]) + more
