"""What a workbook's own XML says: its sheets, its rows, merged cells, formulas, errors.

The values themselves come from fastexcel (sheet.py); this reader is not that parser, so that its
count of rows can be held against it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Expat alone, on small parts in which no entity is declared (_xml).
from xml.etree import ElementTree  # nosec B405

from tangga.engine.ingest.reach import Reach
from tangga.engine.ingest.unpack import DAMAGE, damaged
from tangga.errors import BrokenFile

BLOCK = 1024 * 1024
MOST_XML = 16 * 1024 * 1024
MOST_ROW = 64 * 1024 * 1024
BLANKS = rb"(?:\s|&#(?:x0*(?:9|[aA]|[dD]|20)|0*(?:9|10|13|32));)*"
ROW = re.compile(rb"<((?:\w+:)?)row\b([^>]*?)(/?)>")
NUMBER = re.compile(rb"""\br=["'](\d+)["']""")
FILLED = re.compile(rb"<(?:\w+:)?(?:v|t)(?:\s[^>]*)?(?<!/)>" + BLANKS + rb"[^<\s]")
CELL = re.compile(
    rb"<(?:\w+:)?c\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.S
)
CELL_COLUMN = re.compile(rb"""\br=["']([A-Z]+)\d+["']""")
CELL_TYPE = re.compile(rb"""\bt=["'](\w+)["']""")
STORED = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?(?<!/)>")
MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\b[^>]*?\bref=["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")
STRING = re.compile(rb"<(?:\w+:)?si\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?si>)", re.S)
NOTES = "_tangga_petunjuk"
"""A sheet that explains what we wrote ourselves: it holds nobody's rows."""
ZIP_ERRORS = (*DAMAGE, LookupError)
XML_ERRORS = (*ZIP_ERRORS, ElementTree.ParseError, StopIteration)


@dataclass(frozen=True)
class Merge:
    """Cells shown as one. Rows count from 1, columns from 0, all inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{letters(self.left)}{self.top}:{letters(self.right)}{self.bottom}"


@dataclass
class SheetFacts:
    """What one pass over a sheet's XML finds.

    filled: numbers of the rows that hold anything. no_value: column -> first row of a formula
    without a stored value. errors: column -> first row of a value such as #N/A.
    """

    filled: list[int] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    no_value: dict[int, int] = field(default_factory=dict)
    errors: dict[int, int] = field(default_factory=dict)


def letters(column: int) -> str:
    """0 -> A, 26 -> AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def column_number(text: bytes) -> int:
    """A -> 0, AA -> 26."""
    number = 0
    for sign in text:
        number = number * 26 + sign - ord("A") + 1
    return number - 1


class Workbook:
    """An open .xlsx. Raises BrokenFile for one that is damaged."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        try:
            self.archive = zipfile.ZipFile(path)
            self.sheets = self._sheets()
        except XML_ERRORS as error:
            raise self._damaged(error) from None

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def _damaged(self, error: BaseException) -> Exception:
        todo = "Open it in a spreadsheet program and save it again as .xlsx"
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        return damaged(error, f"not a workbook that can be read ({what})", self.name, todo)

    def _sheets(self) -> dict[str, str]:
        """Name of each visible sheet with cells -> its file in the archive; not our own notes."""
        book_path = "xl/workbook.xml"
        book, links = self._xml(book_path), self._xml("xl/_rels/workbook.xml.rels")
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        sheets = {}
        for sheet in book.iter():
            if not sheet.tag.endswith("}sheet") or sheet.get("state", "visible") != "visible":
                continue
            if sheet.get("name", "").casefold() == NOTES:
                continue
            link = next(value for key, value in sheet.items() if key.endswith("}id"))
            target = targets.get(link, "")
            member = target[1:] if target.startswith("/") else f"xl/{target}"
            if "worksheet" in member:
                sheets[sheet.get("name", "")] = member
        return sheets

    def _xml(self, member: str) -> ElementTree.Element:
        """A small part as a tree; a declaration of entities is no part of a workbook."""
        with self.archive.open(member) as file:
            text = file.read(MOST_XML + 1)
        # A NUL: text of two bytes a sign, in which no declaration would be found.
        if len(text) > MOST_XML or b"<!DOCTYPE" in text or b"\0" in text:
            raise zipfile.BadZipFile(f"{member} is not what a workbook holds")
        # Bounded, and without declarations: see just above.
        return ElementTree.fromstring(text)  # nosec B314

    def choose(self, wanted: str | None) -> str:
        """The sheet to read: the one wanted, or the only one with cells."""
        filled = [name for name in self.sheets if wanted or self.has_rows(name)]
        shown = ", ".join(repr(name) for name in filled) or "none"
        if wanted is not None and wanted not in filled:
            raise BrokenFile(
                "no such sheet", file=self.name, value=wanted, todo=f"Its visible sheets: {shown}"
            )
        if wanted is None and len(filled) > 1:
            todo = f'Write sheet = "..." in the descriptor, one of: {shown}'
            raise BrokenFile(f"{len(filled)} sheets hold data", file=self.name, todo=todo)
        if not filled:
            raise BrokenFile("empty file: no sheet holds anything", file=self.name)
        return wanted or filled[0]

    def has_rows(self, sheet: str) -> bool:
        """Whether a sheet holds anything."""
        try:
            return any(body for _, body in self._rows(self.sheets[sheet], SheetFacts()))
        except ZIP_ERRORS as error:
            raise self._damaged(error) from None

    def facts(self, sheet: str) -> SheetFacts:
        """One pass over a sheet. BrokenFile also where the parser must not see it (reach.py)."""
        found, reach = SheetFacts(), Reach()
        try:
            blanks = self._blank_strings()
            for row, body in self._rows(self.sheets[sheet], found, reach):
                body = self._note(row, body, found) if b"<" in body else body
                if _is_filled(body, blanks):
                    found.filled.append(row)
            self._check(reach, self.sheets[sheet])
        except ZIP_ERRORS as error:
            raise self._damaged(error) from None
        return found

    def check_reach(self, sheet: str) -> None:
        """BrokenFile for a cell where no sheet has one, or so far off that the parser would end the
        process for want of memory. Not needed behind `facts`."""
        try:
            reach = Reach()
            for block in self._blocks(self.sheets[sheet]):
                reach.add(block)
            self._check(reach, self.sheets[sheet])
        except ZIP_ERRORS as error:
            raise self._damaged(error) from None

    def _check(self, reach: Reach, member: str) -> None:
        reach.end()
        if mistake := reach.mistake(self._blocks(member)):
            raise self._damaged(ValueError(mistake))

    def _blocks(self, member: str) -> Iterator[bytes]:
        with self.archive.open(member) as file:
            while block := file.read(BLOCK):
                yield block

    def _rows(
        self, member: str, found: SheetFacts, reach: Reach | None = None
    ) -> Iterator[tuple[int, bytes]]:
        """(number, inner XML) of each row; the merges behind the rows go to `found`."""
        number, rest = 0, b""
        for block in self._blocks(member):
            if reach is not None:
                reach.add(block)
            text, done = rest + block, 0
            while row := ROW.search(text, done):
                close = b"</%brow>" % row[1]
                end = row.end() if row[3] else text.find(close, row.end())
                if end < 0:
                    break
                stated = NUMBER.search(row[2])
                number = int(stated[1]) if stated else number + 1
                yield number, text[row.end() : end]
                done = end if row[3] else end + len(close)
            rest = text[done:]
            if len(rest) > MOST_ROW:
                raise zipfile.BadZipFile("a row without end")
        for left, top, right, bottom in MERGED.findall(rest):
            sides = column_number(left), column_number(right)
            found.merges.append(Merge(int(top), sides[0], int(bottom), sides[1]))

    def _note(self, row: int, body: bytes, found: SheetFacts) -> bytes:
        """Formulas without a value and errors of a row; the row without its errors."""
        if b"<f" not in body and b":f" not in body and b'"e"' not in body:
            return body
        kept = []
        for place, cell in enumerate(CELL.finditer(body)):
            stated = CELL_COLUMN.search(cell[1])
            column = column_number(stated[1]) if stated else place
            kind = CELL_TYPE.search(cell[1])
            inner = cell[2] or b""
            if kind and kind[1] == b"e":
                found.errors.setdefault(column, row)
                continue
            if re.search(rb"<(?:\w+:)?f\b", inner) and not STORED.search(inner):
                found.no_value.setdefault(column, row)
            kept.append(re.sub(rb"<(?:\w+:)?f\b.*?(?:/>|</(?:\w+:)?f>)", b"", cell[0], flags=re.S))
        return b"".join(kept)

    def _blank_strings(self) -> frozenset[bytes]:
        """Indexes of shared strings that hold nothing but blanks."""
        member = next((n for n in self.archive.namelist() if n.endswith("sharedStrings.xml")), None)
        if member is None:
            return frozenset()
        blank, index, rest = set(), 0, b""
        with self.archive.open(member) as file:
            while block := file.read(BLOCK):
                text, done = rest + block, 0
                for string in STRING.finditer(text):
                    if not FILLED.search(string[1] or b""):
                        blank.add(str(index).encode())
                    index, done = index + 1, string.end()
                rest = text[done:]
        return frozenset(blank)


def _is_filled(body: bytes, blank_strings: frozenset[bytes]) -> bool:
    """Whether a row holds anything but blanks."""
    if not FILLED.search(body):
        return False
    if not blank_strings:
        return True
    return any(_cell_is_filled(cell, blank_strings) for cell in CELL.finditer(body))


def _cell_is_filled(cell: re.Match[bytes], blank_strings: frozenset[bytes]) -> bool:
    inner = cell[2] or b""
    kind = CELL_TYPE.search(cell[1])
    if kind and kind[1] == b"s":
        value = re.search(rb"<(?:\w+:)?v(?:\s[^>]*)?>\s*(\d+)", inner)
        return value is not None and value[1] not in blank_strings
    return FILLED.search(inner) is not None
