"""Finds out what a file is before a row of it is read: format, encoding, delimiter, header."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tangga.engine.descriptor import Descriptor
from tangga.engine.ingest.encoding import Look, find_encoding, look_at, to_utf8
from tangga.engine.ingest.header import Header, best_row, make_header, score
from tangga.engine.ingest.limits import Limits
from tangga.engine.ingest.parquet import find_parquet
from tangga.engine.ingest.records import is_blank, read_record
from tangga.engine.ingest.sheet import Sheet, find_sheet
from tangga.engine.ingest.text import TextTable
from tangga.engine.ingest.unpack import Found, check_workbook_size, magic
from tangga.errors import BrokenFile

CANDIDATES = (",", ";", "\t", "|")
DELIMITER_WORDS = {",": "','", ";": "';'", "\t": "'tab'", "|": "'|'"}
UTF8_BOM = b"\xef\xbb\xbf"
NO_TABLES = {
    b"\xd0\xcf\x11\xe0": "an old .xls workbook or one with a password",
    b"%PDF": "a PDF",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
}
HTML = (b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta")


@dataclass(frozen=True)
class Input:
    """A file that can be read.

    contents: a TextTable, a Sheet, or for Parquet the number of rows its footer states.
    """

    name: str
    path: Path
    look: Look
    format: str
    header: Header
    contents: TextTable | Sheet | int
    encoding: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Row:
    """A row that may be the header: its cells, its line, and where the next row starts."""

    cells: list[str]
    line: int
    next_byte: int
    next_line: int


def probe(found: Found, source: Descriptor, scratch: Path, limits: Limits) -> Input:
    """What the file is. A copy in UTF-8, if one is needed, goes to `scratch`.

    Raises BrokenFile, which says what is wrong and what to do.
    """
    if found.path.stat().st_size == 0:
        raise BrokenFile("empty file", file=found.name, todo="Fetch it again, or take it away")
    kind = find_format(found.path, found.name, source.format)
    look = look_at(found.path, text=kind in ("csv", "tsv"))
    if kind == "parquet":
        header, rows = find_parquet(found.path, found.name, source)
        return Input(found.name, found.path, look, kind, header, rows)
    if kind == "xlsx":
        check_workbook_size(found.path, found.name, limits)
        sheet = find_sheet(found.path, found.name, source, limits)
        return Input(found.name, found.path, look, kind, sheet.header, sheet, notes=sheet.notes)
    return _probe_text(found, look, kind, source, scratch, limits)


def find_format(path: Path, name: str, stated: str | None) -> str:
    """csv, tsv, xlsx or parquet, by the first bytes rather than by the name."""
    start = magic(path)
    for mark, what in NO_TABLES.items():
        if start.startswith(mark):
            raise BrokenFile(f"this is {what}", file=name, todo="Save it as .csv or .xlsx")
    with path.open("rb") as file:
        first = file.read(512).lstrip(UTF8_BOM + b" \r\n\t").lower()
    if first.startswith(HTML):
        todo = "Open it in a spreadsheet program and save it as .xlsx"
        raise BrokenFile("this is a web page, whatever its name says", file=name, todo=todo)
    found = "parquet" if start.startswith(b"PAR1") else None
    found = "xlsx" if start.startswith(b"PK") else found
    is_text = stated in (None, "csv", "tsv")
    if (found is None and not is_text) or (found is not None and stated not in (None, found)):
        what = f"the descriptor says {stated}, but this is {found or 'text'}"
        raise BrokenFile(what, file=name, todo="Mend or leave out `format`")
    named = path.suffix.lower().lstrip(".")
    if found is None and stated is None and named in ("xlsx", "parquet"):
        raise BrokenFile(f"the name says {named}, but it is none", file=name, todo="Fetch it again")
    return found or stated or ("tsv" if named in ("tsv", "tab") else "csv")


def _probe_text(
    found: Found, look: Look, kind: str, source: Descriptor, scratch: Path, limits: Limits
) -> Input:
    encoding = find_encoding(look, source.encoding, found.name, found.path)
    codec = "cp1252" if encoding == "windows-1252" else encoding
    head = look.head.decode(codec, errors="replace")
    old_mac = "\r" in head and "\n" not in head
    path = found.path
    if encoding != "utf-8" or old_mac:
        path = scratch / f"{found.path.name}.utf-8"
        to_utf8(found.path, path, encoding, old_mac=old_mac)
    with path.open("rb") as file:
        start = file.read(limits.header_lines * limits.record_bytes)
    whole = len(start) == path.stat().st_size
    delimiter, row = _find_header(start, whole, kind, source, found.name, limits)
    header = make_header(row.cells, row.line, source, found.name)
    table = TextTable(path, delimiter, header.names, row.next_byte, row.next_line)
    return Input(found.name, path, look, kind, header, table, encoding)


def _find_header(
    start: bytes, whole: bool, kind: str, source: Descriptor, name: str, limits: Limits
) -> tuple[str, _Row]:
    """(delimiter, header): the pair that shows most of the columns that are needed."""
    best = {}
    for delimiter in CANDIDATES:
        rows = list(first_rows(start, whole, delimiter, source.header_row, limits))
        if not rows:
            raise _no_header(start, source, name, limits)
        at = best_row([row.cells for row in rows], source.source_columns())
        best[delimiter] = rows[at]
    needed = source.source_columns()
    quality = {d: (score(row.cells, needed), len(row.cells)) for d, row in best.items()}
    found = max(CANDIDATES, key=quality.__getitem__)
    stated = source.delimiter or ("\t" if kind == "tsv" and quality["\t"][0] else None)
    if stated is not None and quality[found][0] > quality[stated][0]:
        raise BrokenFile(
            f"wrong delimiter: cut at {DELIMITER_WORDS[stated]}, {quality[stated][0]} of the "
            f"descriptor's columns are there; cut at {DELIMITER_WORDS[found]}, {quality[found][0]}",
            file=name,
            line=best[found].line,
            todo=f"Write delimiter = {DELIMITER_WORDS[found]}, or leave it out to have it found",
        )
    found = stated or found
    return found, best[found]


def first_rows(
    start: bytes, whole: bool, delimiter: str, wanted: int | None, limits: Limits
) -> Iterator[_Row]:
    """The first rows of a text, or only the one on line `wanted`."""
    at, line = len(UTF8_BOM) if start.startswith(UTF8_BOM) else 0, 1
    while at < len(start) and line <= (wanted or limits.header_lines):
        record = read_record(start, at, delimiter.encode(), limits, whole=whole)
        if record is None or record.end < 0:
            return
        after, next_line = min(record.end + 1, len(start)), line + record.lines
        blank = record.problem is None and is_blank(start[at : record.end])
        if not blank and wanted in (None, line):
            cells = [cell.decode("utf-8", errors="replace") for cell in record.cells or []]
            yield _Row(cells, line, after, next_line)
        at, line = after, next_line


def _no_header(start: bytes, source: Descriptor, name: str, limits: Limits) -> BrokenFile:
    if is_blank(start.removeprefix(UTF8_BOM).replace(b"\n", b"")):
        return BrokenFile("empty file: only blank lines", file=name)
    if b"\n" not in start[: limits.record_bytes + 1]:
        what = f"the first line is longer than {limits.record_bytes} bytes"
        return BrokenFile(what, file=name, line=1, todo="Is it a table in text form?")
    what = f"no header on row {source.header_row}" if source.header_row else "no header"
    return BrokenFile(what, file=name, todo="Mend or leave out `header_row`")
