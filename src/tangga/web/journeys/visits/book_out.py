"""The workbook of visits: only the columns to fill in can be written in, and codes are chosen."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from tangga.registry.model import Column
from tangga.texts import Language, say
from tangga.web.journeys.visits.facts import PERSON, VISIT, YES_NO_UNKNOWN, column_of
from tangga.web.journeys.visits.sheet_rows import ASKED, FIXED, Asked
from tangga.web.pack import pack
from tangga.web.sheets.book import harmless

VISITS, QUESTIONS, LISTS, MARK = "Kunjungan", "Pertanyaan", "_daftar", "_tangga"
"""Sheets of the workbook, the same in every language: by them it is known again."""
WIDTHS = {"code": 17, "version": 7, "head": 24, "place": 34, "why": 34, "deadline": 16}
ASKED_WIDTHS = {"code": 17, "head": 24, "whom": 24, "question": 60}
NOTE = 40


@dataclass(frozen=True)
class Book:
    """What goes into it. mark: by which it is known again; rows and asked: cells that nobody
    changes; columns: those to fill in; keys: of the questions, in their order."""

    mark: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    asked: Sequence[Sequence[str]]
    keys: Sequence[Asked]
    language: Language


class Writer:
    """Writes one workbook into memory: a worker has some hundred families at most."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.file = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.out = xlsxwriter.Workbook(self.file, options)
        self.bold = self.out.add_format({"bold": True, "bottom": 2, "text_wrap": True})
        self.shut = self.out.add_format({"text_wrap": True, "valign": "top", "bg_color": "#EEEEEE"})
        open_cell = {"locked": False, "text_wrap": True, "valign": "top", "border": 1}
        self.open = self.out.add_format({**open_cell, "num_format": "@"})
        self.day = self.out.add_format({**open_cell, "num_format": "dd-mm-yyyy"})
        self.number = self.out.add_format({**open_cell, "num_format": "#,##0"})
        self.lists: dict[str, str] = {}

    def write(self) -> bytes:
        """The workbook."""
        self.visits = self.out.add_worksheet(VISITS)
        self.questions = self.out.add_worksheet(QUESTIONS)
        self.listed = self.out.add_worksheet(LISTS)
        mark = self.out.add_worksheet(MARK)
        self._visits()
        self._questions()
        mark.write_string(0, 0, self.book.mark)
        for sheet in (self.listed, mark):
            sheet.very_hidden()
        self.out.set_properties({"title": self.book.title})
        self.out.close()
        return self.file.getvalue()

    def _say(self, key: str) -> str:
        return say(f"web_visits.sheet_{key}", self.book.language)

    def _visits(self) -> None:
        sheet, book = self.visits, self.book
        heads = [self._say(name) for name in FIXED]
        heads += [one.labels[book.language] for one in book.columns]
        self._begin(sheet, heads, [WIDTHS[name] for name in FIXED])
        for row, cells in enumerate(book.rows, 1):
            for place, text in enumerate(cells):
                sheet.write_string(row, place, harmless(text), self.shut)
            for place, column in enumerate(book.columns, len(FIXED)):
                sheet.write_blank(row, place, None, self._format(column))
        for place, column in enumerate(book.columns, len(FIXED)):
            self._only(sheet, place, len(book.rows), column)

    def _questions(self) -> None:
        sheet, book = self.questions, self.book
        heads = [*(self._say(name) for name in ASKED), self._say("answer")]
        self._begin(sheet, heads, [ASKED_WIDTHS[name] for name in ASKED])
        for row, (cells, key) in enumerate(zip(book.asked, book.keys, strict=True), 1):
            for place, text in enumerate(cells):
                sheet.write_string(row, place, harmless(text), self.shut)
            column = column_of(PERSON if key.person_id else VISIT, key.column)
            place = len(ASKED)
            sheet.write_blank(row, place, None, self._format(column) if column else self.open)
            self._only(sheet, place, 1, column, first=row)

    def _begin(self, sheet: Worksheet, heads: Sequence[str], widths: Sequence[int]) -> None:
        for place, text in enumerate(heads):
            sheet.write_string(0, place, harmless(text), self.bold)
            sheet.set_column(place, place, widths[place] if place < len(widths) else 20)
        sheet.freeze_panes(1, 3)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        # Without a password: it keeps from slips, not from will. What comes back is compared.
        sheet.protect("", {"sort": True, "autofilter": True, "format_columns": True})

    def _format(self, column: Column) -> Any:
        if column.type == "date":
            return self.day
        return self.number if column.type in ("integer", "money") else self.open

    def _only(
        self, sheet: Worksheet, place: int, many: int, column: Column | None, first: int = 1
    ) -> None:
        """Of a code only its words can be chosen; a day is a day."""
        last = first + many - 1
        if many < 1:
            return
        if column is not None and column.type == "date":
            rule = {"validate": "any", "input_message": self._say("day_hint")}
        else:
            chosen = self._list(column)
            if not chosen:
                return
            rule = {"validate": "list", "source": chosen}
        sheet.data_validation(first, place, last, place, rule)

    def _list(self, column: Column | None) -> str:
        """Where the words of a code stand, as a formula of this workbook; '' for no code."""
        language = self.book.language
        if column is None:
            name, words = YES_NO_UNKNOWN, _labels(YES_NO_UNKNOWN, language)
        elif column.codes is not None:
            name = column.codes.name
            words = [column.codes.label(code, language) for code in column.codes.codes]
        elif column.type == "boolean":
            name = "yes_no"
            words = [say("rules.yes", language), say("rules.no", language)]
        else:
            return ""
        if name not in self.lists:
            place = len(self.lists)
            for row, text in enumerate(words):
                self.listed.write_string(row, place, harmless(text))
            letter = xlsxwriter.utility.xl_col_to_name(place)
            self.lists[name] = f"={LISTS}!${letter}$1:${letter}${len(words)}"
        return self.lists[name]


def _labels(codes: str, language: Language) -> list[str]:
    listed = pack().codes[codes]
    return [listed.label(code, language) for code in listed.codes]
