"""Reads a workbook that came back: cells as text, and whether somebody put a formula into one.

Only what a list of visits needs: cells of text, numbers, and nothing that is worked out. A file
that tries more is refused before any of it is used.
"""

from __future__ import annotations

import lzma
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

# Expat alone, on parts of bounded size in which nothing is declared (_part).
from xml.etree import ElementTree  # nosec B405

MOST_ROWS, MOST_COLUMNS, MOST_BYTES = 5_000, 120, 24 * 1024 * 1024
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
EPOCH = date(1899, 12, 30)
"""Day nought of a spreadsheet's days, with its leap year that never was."""
LETTERS = 26
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    # A password, or a way of packing that nobody uses.
    RuntimeError,
    ElementTree.ParseError,
    # A sheet, or a shared text, that is not there.
    LookupError,
    ValueError,
    OSError,
)


class Unreadable(ValueError):
    """A file that is no workbook of ours."""


@dataclass(frozen=True)
class Cell:
    """What stands in a cell. number: it is one, and may be a day. formula: it was worked out."""

    text: str = ""
    number: bool = False
    formula: bool = False


EMPTY = Cell()
Rows = list[list[Cell]]


def read_book(path: Path) -> dict[str, Rows]:
    """Each sheet by name, its rows from the first on. Unreadable."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _sheets(archive)
    except DAMAGE as wrong:
        if isinstance(wrong, Unreadable):
            raise
        raise Unreadable(type(wrong).__name__) from None


def _part(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    info = archive.getinfo(name)
    if info.file_size > MOST_BYTES:
        raise Unreadable("too large")
    content = archive.read(name)
    # A workbook has no use for either, and both are ways to make a small file large.
    if b"\0" in content or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Unreadable("declarations")
    # Bounded, and without declarations: see just above.
    return ElementTree.fromstring(content)  # nosec B314


def _sheets(archive: zipfile.ZipFile) -> dict[str, Rows]:
    book = _part(archive, "xl/workbook.xml")
    rels = _part(archive, "xl/_rels/workbook.xml.rels")
    targets = {one.get("Id"): one.get("Target", "") for one in rels.iter(f"{PACKAGE}Relationship")}
    shared = _shared(archive)
    properties = book.find(f"{MAIN}workbookPr")
    if properties is not None and properties.get("date1904") in ("1", "true"):
        raise Unreadable("other days")
    found = {}
    for sheet in book.iter(f"{MAIN}sheet"):
        target = targets[sheet.get(f"{REL}id")]
        name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        found[sheet.get("name", "")] = _rows(_part(archive, name), shared)
    return found


def _shared(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    table = _part(archive, "xl/sharedStrings.xml")
    return [_text(one) for one in table.iter(f"{MAIN}si")]


def _text(element: ElementTree.Element) -> str:
    """All of a text but how it is pronounced."""
    parts = [element.find(f"{MAIN}t"), *element.iterfind(f"{MAIN}r/{MAIN}t")]
    return "".join(part.text or "" for part in parts if part is not None)


def _rows(sheet: ElementTree.Element, shared: list[str]) -> Rows:
    found: Rows = []
    for cell in sheet.iter(f"{MAIN}c"):
        column, row = _place(cell.get("r", ""))
        read = _cell(cell, shared)
        if read == EMPTY:
            continue
        if row >= MOST_ROWS or column >= MOST_COLUMNS:
            raise Unreadable("too large")
        while len(found) <= row:
            found.append([])
        line = found[row]
        line.extend([EMPTY] * (column + 1 - len(line)))
        line[column] = read
    return found


def _place(text: str) -> tuple[int, int]:
    found = PLACE.fullmatch(text)
    if found is None:
        raise Unreadable("a cell without a place")
    column = 0
    for letter in found[1]:
        column = column * LETTERS + ord(letter) - ord("A") + 1
    return column - 1, int(found[2]) - 1


def _cell(cell: ElementTree.Element, shared: list[str]) -> Cell:
    kind = cell.get("t", "n")
    formula = cell.find(f"{MAIN}f") is not None
    value = cell.find(f"{MAIN}v")
    text = (value.text or "") if value is not None else ""
    if kind == "inlineStr":
        inline = cell.find(f"{MAIN}is")
        text = _text(inline) if inline is not None else ""
    elif kind == "s" and text:
        text = shared[int(text)]
    elif kind == "b":
        text = {"1": "true", "0": "false"}.get(text, text)
    number = kind == "n" and bool(text)
    return Cell(_plain(text) if number else text.strip(), number, formula)


def _plain(text: str) -> str:
    """A number as it is read: 1500000, not 1.5E6 or 1500000.0."""
    try:
        value = float(text)
    except ValueError:
        return text
    return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)


def day_of(cell: Cell) -> str:
    """A cell of a column of days: a spreadsheet's number of a day as 2026-03-31."""
    if not cell.number:
        return cell.text
    try:
        return (EPOCH + timedelta(days=int(float(cell.text)))).isoformat()
    except (ValueError, OverflowError):
        return cell.text
