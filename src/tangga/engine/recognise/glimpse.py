"""The first rows of a file, whatever it is: enough to know it by, never the whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tangga.engine.connection import connect
from tangga.engine.ingest.encoding import find_encoding, look_at
from tangga.engine.ingest.header import best_row, score
from tangga.engine.ingest.limits import LIMITS, Limits
from tangga.engine.ingest.probe import CANDIDATES, UTF8_BOM, find_format, first_rows
from tangga.engine.ingest.unpack import Found, check_workbook_size, unpack
from tangga.engine.ingest.workbook import Workbook
from tangga.errors import BrokenFile

SAMPLE = 2_000
"""Rows that are looked at."""
START = 4 * 1024 * 1024
MOST_MEMBERS = 300
HEADINGS = 30
NUMBERS = re.compile(r"[\d\s.,'/:-]+")


@dataclass(frozen=True)
class Glimpse:
    """One table: a file, a member of an archive, or a sheet of a workbook.

    header: names as they stand. row: where (1 = first line). rows: up to SAMPLE rows below, each as
    wide as the header.
    """

    name: str
    format: str
    header: tuple[str, ...]
    row: int
    rows: tuple[tuple[str, ...], ...]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()

    def column(self, name: str) -> list[str]:
        """The texts of a column that hold anything."""
        place = self.header.index(name)
        return [row[place].strip() for row in self.rows if row[place].strip()]


def glimpses(
    path: Path, name: str, scratch: Path, words: frozenset[str], limits: Limits = LIMITS
) -> Iterator[Glimpse]:
    """What each table of a file begins with. words: names of columns that are known.

    Copies of what is packed go to `scratch`. Raises BrokenFile.
    """
    for number, found in enumerate(unpack(path, name, scratch, limits)):
        if number < MOST_MEMBERS:
            yield _glimpse(found, words, limits)
        if found.temporary:
            found.path.unlink(missing_ok=True)


def _glimpse(found: Found, words: frozenset[str], limits: Limits) -> Glimpse:
    if found.path.stat().st_size == 0:
        raise BrokenFile("empty file", file=found.name, todo="Fetch it again")
    kind = find_format(found.path, found.name, None)
    if kind == "parquet":
        return _of_parquet(found)
    if kind == "xlsx":
        check_workbook_size(found.path, found.name, limits)
        return _of_workbook(found, words)
    return _of_text(found, kind, words)


def _of_text(found: Found, kind: str, words: frozenset[str]) -> Glimpse:
    look = look_at(found.path)
    encoding = find_encoding(look, None, found.name, found.path)
    with found.path.open("rb") as file:
        raw = file.read(START)
    codec = "cp1252" if encoding == "windows-1252" else encoding
    text = raw.decode(codec, errors="replace").removeprefix("\ufeff")
    start = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    whole = len(raw) == look.size
    cut = {}
    for sign in CANDIDATES:
        rows = first_rows(start.removeprefix(UTF8_BOM), whole, sign, None, _deep())
        cut[sign] = [(row.cells, row.line) for row in rows]
    best = max(CANDIDATES, key=lambda sign: _quality([c for c, _ in cut[sign]], words))
    rows = cut[best]
    if not rows:
        raise BrokenFile("empty file: no row that can be read", file=found.name)
    made = _made(found.name, kind, [c for c, _ in rows], words, [line for _, line in rows])
    return replace(made, encoding=encoding, delimiter=best)


def _deep() -> Limits:
    return replace(LIMITS, header_lines=SAMPLE + HEADINGS)


def _quality(rows: Sequence[Sequence[str]], words: frozenset[str]) -> tuple[int, int]:
    """(known names in the header, how many columns most rows agree on)."""
    if not rows:
        return (-1, 0)
    header = rows[_header_at(rows, words)]
    agree = sum(len(row) == len(header) for row in rows)
    return score(header, words), len(header) if 2 * agree >= len(rows) else 1


def _of_workbook(found: Found, words: frozenset[str]) -> Glimpse:
    with Workbook(found.path, found.name) as book:
        filled = [sheet for sheet in book.sheets if book.has_rows(sheet)]
        for sheet in filled:
            book.check_reach(sheet)
    if not filled:
        raise BrokenFile("empty file: no sheet holds anything", file=found.name)
    seen = [replace(_of_sheet(found, sheet, words), sheet=sheet) for sheet in filled]
    best = max(seen, key=lambda one: (score(one.header, words), len(one.rows)))
    return replace(best, sheets=tuple(filled))


def _of_sheet(found: Found, sheet: str, words: frozenset[str]) -> Glimpse:
    try:
        loaded = fastexcel.read_excel(found.path).load_sheet(
            sheet, header_row=None, skip_rows=0, n_rows=SAMPLE + HEADINGS, dtypes="string"
        )
    except fastexcel.FastExcelError as error:
        what = f"the workbook cannot be read ({str(error).splitlines()[0]})"
        todo = "Open it in a spreadsheet program and save it again as .xlsx"
        raise BrokenFile(what, file=found.name, todo=todo) from None
    columns = [pc.cast(c, pa.string()).to_pylist() for c in loaded.to_arrow().columns]
    rows = [[cell or "" for cell in row] for row in zip(*columns, strict=True)]
    if not any(cell.strip() for row in rows for cell in row):
        raise BrokenFile("empty file: no sheet holds anything", file=found.name)
    return _made(found.name, "xlsx", rows, words, list(range(1, len(rows) + 1)))


def _of_parquet(found: Found) -> Glimpse:
    try:
        names = pq.read_schema(found.path).names
        with connect() as con:
            query = "SELECT COLUMNS(*)::VARCHAR FROM read_parquet(?, binary_as_string = true)"
            rows = con.execute(f"{query} LIMIT {SAMPLE}", [str(found.path)]).fetchall()
    except Exception as error:
        what = f"the Parquet file cannot be read ({type(error).__name__})"
        raise BrokenFile(what, file=found.name, todo="Fetch it again") from None
    data = tuple(tuple(cell or "" for cell in row) for row in rows)
    return Glimpse(found.name, "parquet", _named(names), 1, data)


def _made(
    name: str, kind: str, rows: list[list[str]], words: frozenset[str], lines: list[int]
) -> Glimpse:
    """The rows with their header found: blank columns at the right dropped, rows made as wide."""
    at = _header_at(rows, words)
    below = [row for row in rows[at + 1 :] if any(cell.strip() for cell in row)][:SAMPLE]
    width = max(
        (n for row in (rows[at], *below) for n, c in enumerate(row, 1) if c.strip()), default=1
    )
    header = _named([*rows[at], *[""] * width][:width])
    if any("\0" in column for column in header):
        todo = "Is it UTF-16 without its mark? Save it as UTF-8"
        raise BrokenFile(
            "a sign that is none (NUL) in the names of its columns", file=name, todo=todo
        )
    data = tuple(tuple([*row, *[""] * width][:width]) for row in below)
    return Glimpse(name, kind, header, lines[at], data)


def _named(cells: Sequence[str]) -> tuple[str, ...]:
    """Names as ingest makes them: none empty, none twice."""
    names: list[str] = []
    taken: set[str] = set()
    # Name -> the next number to try: a header of many equal names costs no more than another.
    numbers: dict[str, int] = {}
    for place, cell in enumerate(cells, start=1):
        plain = " ".join(cell.split()) or f"column_{place}"
        number, own = numbers.get(plain.casefold(), 2), plain
        while own.casefold() in taken:
            own, number = f"{plain}#{number}", number + 1
        numbers[plain.casefold()] = number
        taken.add(own.casefold())
        names.append(own)
    return tuple(names)


def _header_at(rows: Sequence[Sequence[str]], words: Iterable[str]) -> int:
    """The row with most known names; else the first that looks most like one: wide, of words."""
    top = rows[:HEADINGS]
    known = frozenset(words)
    best = best_row(top, known)
    if score(top[best], known) > 1:
        return best
    wordy = [len({c.strip().casefold() for c in row if _is_word(c)}) for row in top]
    most = max(wordy)
    return wordy.index(most) if most > 1 else best


def _is_word(cell: str) -> bool:
    return bool(cell.strip()) and not NUMBERS.fullmatch(cell.strip()) and len(cell) < 60
