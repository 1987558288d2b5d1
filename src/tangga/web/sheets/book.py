"""A list as a workbook: what it is above, the columns' names, then one row for each row.

Only one row is held in memory at a time. No cell ever begins a formula, nor would it where the
sheet is saved as CSV and opened again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_000_000
"""Rows that one sheet takes, its head aside: Excel ends at 1,048,576."""

MOST_SIGNS = 32_000
"""Signs in one cell: Excel ends at 32,767."""

ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""Signs at the beginning of a text that a spreadsheet may take for a formula."""

Kind = Literal["text", "number", "whole", "day", "number_text"]


@dataclass(frozen=True)
class Column:
    """One column. kind: whole: a number without separators (a year); number_text: one that is
    never counted with (NIK, KK, telephone)."""

    label: str
    kind: Kind = "text"
    width: int = 16


@dataclass(frozen=True)
class Head:
    """What stands above the columns. lines: label and value; warning: a row that stands out, and in
    the head and foot of every printed page."""

    title: str
    lines: Sequence[tuple[str, str]] = ()
    warning: str = ""
    sheet: str = "Daftar"
    page: str = "&P / &N"


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would read a formula."""
    text = text[:MOST_SIGNS]
    return f"'{text}" if text.startswith(ACTIVE) else text


def write_book(
    target: Path, head: Head, columns: Sequence[Column], rows: Iterable[Sequence[Any]]
) -> int:
    """Write the workbook; returns how many rows it holds, its head aside.

    ValueError when there are more rows than a sheet takes.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "dd-mm-yyyy",
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(str(target), options) as book:
        book.set_properties({"title": head.title, "comments": head.warning})
        sheet = book.add_worksheet(_sheet_name(head.sheet))
        first = _write_head(book, sheet, head, columns)
        written = _write_rows(sheet, columns, rows, first)
        sheet.autofilter(first - 1, 0, max(first - 1, first + written - 1), len(columns) - 1)
    return written


def _write_head(book: Workbook, sheet: Worksheet, head: Head, columns: Sequence[Column]) -> int:
    """Title, lines, warning and names of the columns; returns the first row of the list."""
    bold = book.add_format({"bold": True})
    names = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "top"})
    warned = book.add_format({"bold": True, "font_color": "#9C0006", "bg_color": "#FFC7CE"})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, _format(book, column))
    sheet.write_string(0, 0, harmless(head.title), book.add_format({"bold": True, "font_size": 14}))
    at = 1
    for label, said in head.lines:
        sheet.write_string(at, 0, harmless(label), bold)
        sheet.write_string(at, 1, harmless(said))
        at += 1
    if head.warning:
        sheet.write_string(at, 0, harmless(head.warning), warned)
        at += 1
    at += 1
    for place, column in enumerate(columns):
        sheet.write_string(at, place, harmless(column.label), names)
    _set_page(sheet, head, at)
    return at + 1


def _format(book: Workbook, column: Column) -> Format | None:
    forms = {"day": "dd-mm-yyyy", "number": "#,##0", "whole": "0", "number_text": "@"}
    form = forms.get(column.kind)
    return book.add_format({"num_format": form}) if form else None


def _set_page(sheet: Worksheet, head: Head, names_at: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(names_at)
    sheet.freeze_panes(names_at + 1, 0)
    said = (head.warning or head.title)[:200].replace("&", "&&")
    sheet.set_header(f"&L{said}" if head.warning else f"&C{said}")
    foot = f"&L{said}" if head.warning else ""
    sheet.set_footer(f"{foot}&R{head.page}"[:255])


def _write_rows(
    sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Sequence[Any]], first: int
) -> int:
    written = 0
    for row in rows:
        if written == MOST_ROWS:
            raise ValueError(f"more than {MOST_ROWS} rows")
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            _write_cell(sheet, first + written, place, column, value)
        written += 1
    return written


def _write_cell(sheet: Worksheet, row: int, place: int, column: Column, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, date | datetime) and column.kind == "day":
        sheet.write_datetime(row, place, value)
    elif isinstance(value, int | float) and not isinstance(value, bool) and _counts(column):
        sheet.write_number(row, place, value)
    else:
        sheet.write_string(row, place, harmless(str(value)))


def _counts(column: Column) -> bool:
    return column.kind in ("number", "whole")


def _sheet_name(text: str) -> str:
    kept = "".join(" " if sign in "[]:*?/\\'" else sign for sign in text).strip()
    return kept[:31] or "Daftar"
