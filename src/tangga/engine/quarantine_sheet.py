"""The quarantine as a workbook for an officer: the rows to mend, where to mend them, and how.

The first sheet is what comes back: its header must stay as it is. The second one explains, says who
took the rows and why, and is not read (ingest/workbook.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from tangga.engine.ingest.workbook import NOTES
from tangga.engine.xlsx import FOOT, fitted
from tangga.texts import both, say

Row = list[str | None]

SHEET = "Perbaikan"
NARROW, WIDE, WHY = 10, 34, 56
"""Widths of columns in signs: no less, no more, and of the reason."""

LOOKED_AT = 200
"""Rows by which a column's width is found."""

REPAIR = ("title", "step_1", "step_2", "step_3", "step_4")
LOOK = ("look_title", "look_1", "look_2", "look_3")
"""What is told on the second sheet, in this order."""


@dataclass(frozen=True)
class Sheet:
    """What stands on it. own: the source's columns; why: the column that says what is wrong; ours:
    columns that nobody may change. told: what the second sheet says. sheet: what a descriptor calls
    its sheet, '' where any will do.
    """

    own: Sequence[str]
    why: str
    ours: Sequence[str]
    source: str
    told: Sequence[str] = REPAIR
    sheet: str = ""


@dataclass(frozen=True)
class Held:
    """One row. mend: its own columns in which the mistake is; empty: it may be in any of them."""

    cells: Row
    mend: Collection[str] = ()


def write(to: Path, about: Sheet, rows: Sequence[Held], mark: str | None) -> None:
    """Write the workbook. mark: who took it, when and why."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(to), options) as book:
        book.set_properties({"title": about.source, "comments": mark or ""})
        sheet = book.add_worksheet(about.sheet or SHEET)
        _write_rows(book, sheet, about, rows)
        _printed(sheet, mark)
        _write_notes(book, about, len(rows), mark)


def _write_rows(book: Workbook, sheet: Worksheet, about: Sheet, rows: Sequence[Held]) -> None:
    own = book.add_format({"bold": True, "bg_color": "#DDEBF7", "bottom": 1})
    kept = book.add_format({"bold": True, "bg_color": "#D9D9D9", "bottom": 1})
    mend = book.add_format({"bg_color": "#FFEB9C", "border": 1, "border_color": "#9C5700"})
    why = book.add_format({"font_color": "#9C0006", "text_wrap": True, "valign": "top"})
    left = book.add_format({"font_color": "#7F7F7F"})
    names = [*about.own, *about.ours]
    looked = [one.cells for one in rows[:LOOKED_AT]]
    for x, name in enumerate(names):
        width = WHY if name == about.why else _width(name, [row[x] for row in looked])
        sheet.set_column(x, x, width)
        sheet.write_string(0, x, name, own if x < len(about.own) else kept)
    for y, one in enumerate(rows, start=1):
        marked = one.mend or about.own
        for x, name in enumerate(names):
            form = mend if name in marked else why if name == about.why else left
            _put(sheet, y, x, one.cells[x], form if name in marked or x >= len(about.own) else None)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(names) - 1)


def _put(sheet: Worksheet, y: int, x: int, text: str | None, form: Format | None) -> None:
    if text is not None:
        sheet.write_string(y, x, fitted(text), form)
    elif form is not None:
        sheet.write_blank(y, x, None, form)


def _width(name: str, cells: Sequence[str | None]) -> int:
    longest = max((len(text) for text in (name, *cells) if text), default=0)
    return max(NARROW, min(longest + 2, WIDE))


def _printed(sheet: Worksheet, mark: str | None) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    if mark:
        sheet.set_footer("&L&8" + mark.replace("&", "&&")[:FOOT])


def _write_notes(book: Workbook, about: Sheet, rows: int, mark: str | None) -> None:
    """Each line in both languages side by side."""
    sheet = book.add_worksheet(NOTES)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    wrapped.set_align("top")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 70)
    at = 0
    for number, key in enumerate(about.told):
        words = _said(key, rows=rows, source=about.source)
        at = _line(sheet, at, (str(number) if number else "", *words), bold, wrapped)
    if mark:
        taken = (both("quarantine.taken", between=" / "), mark)
        at = _line(sheet, at + 1, taken, bold, wrapped)
    at += 1
    for name in about.ours:
        column = (name, *_said(f"column{name}"))
        at = _line(sheet, at, column, bold, wrapped)


def _said(key: str, **values: object) -> tuple[str, str]:
    return (
        say(f"quarantine.{key}", "id", **values),
        say(f"quarantine.{key}", "en", **values),
    )


def _line(sheet: Worksheet, at: int, texts: Sequence[str], bold: Format, wrapped: Format) -> int:
    for x, text in enumerate(texts):
        sheet.write_string(at, x, fitted(text), bold if x == 0 or at == 0 else wrapped)
    return at + 1
