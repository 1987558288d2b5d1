"""A list as a workbook (XLSX): the rows of the page, all of them, and who took them out when.

National numbers stay masked unless a permit opens them: then every page of the workbook says who
may use it, and for what.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from django.utils import timezone

from tangga.registry.privacy import masked
from tangga.texts import long_date, say
from tangga.web.lists import page
from tangga.web.lists.columns import Shown, place
from tangga.web.lists.opened import LENGTHS, Opened
from tangga.web.lists.rows_of import Row
from tangga.web.reveal import Permit
from tangga.web.secrets import unseal
from tangga.web.sheets.book import Column, Head, Kind, write_book

WIDTHS = {"number": 10, "rupiah": 14, "day": 14, "moment": 14, "yes_no": 8, "sealed": 20}
MOST_NAME = 26


@dataclass(frozen=True)
class Export:
    """A list on its way out. whole: a permit to show national numbers; None keeps them masked.
    families: of the rows, once they are written."""

    opened: Opened
    total: int
    whole: Permit | None = None
    families: set[str | None] = field(default_factory=set)

    def write(self) -> tuple[IO[bytes], int]:
        """The workbook, already without a name on disk, and how many rows it holds."""
        with tempfile.TemporaryDirectory(prefix="tangga-") as folder:
            target = Path(folder) / "daftar.xlsx"
            written = write_book(target, self._head(), self._columns(), self._rows())
            return target.open("rb"), written

    @property
    def file_name(self) -> str:
        """What it is called when it is saved: list, area and day; nobody's name."""
        parts = (self.opened.definition.name, self.opened.area, self.opened.release.as_of)
        return "-".join(["tangga", *(str(part) for part in parts if part)]) + ".xlsx"

    def _head(self) -> Head:
        language = self.opened.viewer.language
        now = timezone.localtime()
        when = f"{long_date(now.date(), language)}, {now:%H:%M}"
        who = page.who(self.opened.viewer)
        warning = ""
        if self.whole is not None:
            said = {"watermark": self.whole.watermark, "reason": self.whole.reason}
            warning = say("web_list.watermark", language, **said)
        title = self.opened.definition.label(language)
        return Head(
            title=title,
            lines=tuple(page.title_lines(self.opened, who, when, self.total)),
            warning=warning,
            sheet=title[:MOST_NAME],
        )

    def _columns(self) -> list[Column]:
        language = self.opened.viewer.language
        found = [Column(say("web_list.number", language), "number", 6)]
        for one in self.opened.layout.columns:
            if one.kind == "area" and one.name == "area":
                found += [Column(say(f"web_list.level_{n}", language), width=20) for n in LEVELS]
            else:
                found.append(Column(one.label, _kind(one), WIDTHS.get(one.kind, 20)))
        if self.opened.layout.family:
            found.append(Column(say("web_list.family_id", language), width=18))
        return found

    def _rows(self) -> Iterator[Sequence[Any]]:
        assert self.opened.wanted is not None
        for number, row in enumerate(self.opened.wanted.each(), start=1):
            self.families.add(row.family)
            yield (number, *self._values(row), *([row.family] if self.opened.layout.family else []))

    def _values(self, row: Row) -> Iterator[Any]:
        for column, value in zip(self.opened.layout.columns, row.values, strict=True):
            if column.kind == "area" and column.name == "area":
                yield from self._places(str(value))
            else:
                yield self._value(column, value)

    def _places(self, code: str) -> Iterator[str | None]:
        """The regency, the district and the village of a row, each by name."""
        known = code[:1].isdigit()
        for digits in LEVELS:
            there = known and len(code) >= digits
            yield place(code[:digits], self.opened.viewer.language) if there else None

    def _value(self, column: Shown, value: Any) -> Any:
        if value is None:
            return column.text(None, self.opened.viewer.language, self.opened.release.as_of) or None
        if column.kind == "sealed":
            number = unseal(value)
            return number if self.whole is not None else masked("last4", number)
        if column.way or (column.zero and value == 0):
            return column.text(value, self.opened.viewer.language, self.opened.release.as_of)
        if column.kind in ("number", "rupiah", "plain") or isinstance(value, Decimal):
            return float(value) if isinstance(value, Decimal) else value
        if column.kind == "day" and isinstance(value, date):
            return value
        return column.text(value, self.opened.viewer.language, self.opened.release.as_of)


LEVELS = LENGTHS[1:]
"""Regency, district and village: the province is above the list."""


KINDS: dict[str, Kind] = {
    "number": "number",
    "rupiah": "number",
    "plain": "whole",
    "day": "day",
    "sealed": "number_text",
}
"""How a workbook holds each kind of column; all others as text."""


def _kind(column: Shown) -> Kind:
    return "text" if column.way else KINDS.get(column.kind, "text")
