"""A paper as its page and its workbook show it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import IO, Any

from tangga.texts import Language, long_date, number, say
from tangga.web.papers.content import Column, Content, mask
from tangga.web.papers.models import Paper
from tangga.web.papers.reading import Read
from tangga.web.sheets.book import Column as BookColumn
from tangga.web.sheets.book import Head, Kind, write_book

PART = 4000
"""Rows of an annex on one page: some 130 sheets."""

WIDE = 6
"""Columns from which on an annex stands across the sheet."""

IN_BOOK: dict[str, Kind] = {
    "number": "number",
    "rupiah": "number",
    "whole": "whole",
    "day": "day",
    "identifier": "number_text",
}
WIDTHS = {"number": 10, "whole": 10, "rupiah": 16, "day": 14, "identifier": 20}
DIGEST = 16


def cell(column: Column, value: Any, *, whole: bool = False) -> str:
    """A value of an annex in words; papers speak Indonesian."""
    if value is None or value == "":
        return ""
    if column.type == "identifier":
        return str(value) if whole else mask(str(value))
    if column.type == "rupiah":
        return f"Rp{number(int(value), 'id')}"
    if column.type == "number":
        return number(int(value), "id") if isinstance(value, int) else str(value)
    if column.type == "day" and isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    return str(value)


def parts(content: Content) -> int:
    """How many pages the annex takes."""
    return max(1, -(-len(content.rows) // PART))


def annex_of(
    content: Content, part: int, *, whole: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """The rows of one page of the annex: place and cells."""
    first = (part - 1) * PART
    for n, row in enumerate(content.rows[first : first + PART], start=first + 1):
        pairs = zip(content.columns, row, strict=True)
        yield n, [cell(column, value, whole=whole) for column, value in pairs]


def totals(content: Content) -> list[str]:
    """Below the annex: the sum of each column that has one, '' under the others; [] of none."""
    if not any(one.sum for one in content.columns) or not content.rows:
        return []
    return [cell(one, content.total(one.name)) if one.sum else "" for one in content.columns]


def fingerprint(digest: str) -> str:
    """The beginning of a digest as it is printed: four signs at a time."""
    return " ".join(digest[n : n + 4] for n in range(0, DIGEST, 4))


def spelled(code: str) -> str:
    """The code of the check, as it is read aloud: four signs at a time."""
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4))


def book(read: Read, address: str, watermark: str = "", *, whole: bool = False) -> IO[bytes]:
    """The annex as a workbook, already without a name on disk. address: of the check."""
    paper, content = read.paper, read.content
    head = Head(
        title=paper.title,
        lines=tuple(_lines(paper, content, address)),
        warning=watermark or _revoked(paper, "id"),
        sheet=(content.annex or content.title)["id"][:26],
    )
    columns = [BookColumn("No.", "number", 6)]
    for one in content.columns:
        kind = IN_BOOK.get(one.type, "text")
        columns.append(BookColumn(one.labels["id"], kind, WIDTHS.get(one.type, 22)))
    with tempfile.TemporaryDirectory(prefix="tangga-") as folder:
        target = Path(folder) / "surat.xlsx"
        write_book(target, head, columns, _rows(content, whole=whole))
        return target.open("rb")


def file_name(paper: Paper) -> str:
    """What a workbook is called when it is saved: nobody's name."""
    kept = "".join(sign if sign.isalnum() else "-" for sign in paper.number)
    return f"{paper.kind}-{kept}.xlsx"


def _lines(paper: Paper, content: Content, address: str) -> Iterator[tuple[str, str]]:
    yield say("web_papers.number", "id"), paper.number
    yield say("web_papers.day", "id"), long_date(paper.on_day, "id")
    yield say("web_papers.office", "id"), content.office
    yield say("web_papers.rows", "id"), number(paper.rows, "id")
    yield say("web_papers.fingerprint", "id"), fingerprint(paper.digest)
    yield say("web_papers.check_at", "id"), address


def _revoked(paper: Paper, language: Language) -> str:
    if paper.revoked_on is None:
        return ""
    return say("web_papers.revoked_on", language, day=long_date(paper.revoked_on, language))


def _rows(content: Content, *, whole: bool) -> Iterator[Sequence[Any]]:
    for n, row in enumerate(content.rows, start=1):
        pairs = zip(content.columns, row, strict=True)
        yield (n, *(_value(column, value, whole) for column, value in pairs))


def _value(column: Column, value: Any, whole: bool) -> Any:
    if value is None or value == "":
        return None
    if column.type == "identifier" and not whole:
        return mask(str(value))
    return value
