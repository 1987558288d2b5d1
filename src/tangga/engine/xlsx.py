"""Rows to an Excel workbook, one after the other, in constant memory."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

SHEET_ROWS = 1_048_575
"""Rows of one sheet below its header (a limit of the format)."""

FOOT = 200
"""Characters of a mark at the foot of a page (the format takes 255 with its own signs)."""

CELL_TEXT = 32_767
"""Characters of one cell (a limit of the format)."""

FIRST_DAY = datetime.date(1900, 3, 1)
"""Before it Excel counts a 29 February 1900 that never was; earlier dates are written as text."""


@dataclass(frozen=True)
class Column:
    """A column to write. kind: its DuckDB type; as_text: write whole numbers as text."""

    name: str
    kind: str
    as_text: bool = False


def write(
    to: Path,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    most: int = SHEET_ROWS,
    mark: str | None = None,
) -> int:
    """Write a workbook with as many sheets as the rows need; returns the number of rows.

    mark: who took it, when and why: in its properties and at the foot of each printed page.

    Text is always a string cell: nothing received is ever run as a formula. A text longer than a
    cell can hold is cut and ends in an ellipsis.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    with xlsxwriter.Workbook(str(to), options) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        put = [_putter(column, day) for column in columns]
        book.set_properties({"comments": mark or ""})
        sheet = _sheet(book, columns, mark)
        for row in rows:
            at = count % most
            if count and at == 0:
                sheet = _sheet(book, columns, mark)
            for x, value in enumerate(row):
                if value is not None:
                    put[x](sheet, at + 1, x, value)
            count += 1
    return count


def _sheet(book: Workbook, columns: Sequence[Column], mark: str | None) -> Worksheet:
    sheet = book.add_worksheet()
    if mark:
        sheet.set_footer("&L&8" + mark.replace("&", "&&")[:FOOT])
    bold = book.add_format({"bold": True})
    for x, column in enumerate(columns):
        sheet.write_string(0, x, column.name, bold)
    sheet.freeze_panes(1, 0)
    return sheet


def _putter(column: Column, day: object) -> Callable[[Worksheet, int, int, object], object]:
    """How one column's values are put into a cell."""
    kind = column.kind
    if kind == "BOOLEAN":
        return lambda sheet, y, x, value: sheet.write_boolean(y, x, value)
    if kind == "DATE":
        return lambda sheet, y, x, value: _put_date(sheet, y, x, value, day)
    numeric = kind.endswith(("INT", "INTEGER", "DOUBLE", "FLOAT")) or kind.startswith("DECIMAL")
    if numeric and not column.as_text:
        return lambda sheet, y, x, value: sheet.write_number(y, x, value)
    return lambda sheet, y, x, value: sheet.write_string(y, x, fitted(str(value)))


def _put_date(sheet: Worksheet, y: int, x: int, value: object, day: object) -> None:
    if isinstance(value, datetime.date) and value >= FIRST_DAY:
        sheet.write_datetime(y, x, value, day)
    else:
        sheet.write_string(y, x, str(value))


def fitted(text: str) -> str:
    """A text cut to what a cell can hold."""
    return text if len(text) <= CELL_TEXT else text[: CELL_TEXT - 1] + "…"
