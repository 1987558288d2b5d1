"""A text file to which rows were appended: its old content is the beginning of the new one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tangga.engine import tables
from tangga.engine.connection import connect

PLAIN = (".csv", ".tsv", ".tab", ".txt")
ENCODINGS = ("utf-8", "windows-1252")
"""Those in which a line ends in one byte, and no byte of another character is like it."""
BLOCK = 1 << 20
FILES = "source, file, rows_in, quarantined, encoding, delimiter, header_row, format"


@dataclass(frozen=True)
class Growth:
    """What was appended to a file, and what the old content was.

    size, lines: of the old content. sha256: of the whole new content. was: its row of the table
    `files`.
    """

    path: Path
    name: str
    source: str
    size: int
    lines: int
    sha256: str
    was: dict[str, Any]

    @property
    def header(self) -> int:
        """How many lines there are to the end of the header."""
        return int(self.was["header_row"])

    def write(self, target: Path) -> None:
        """The header and what was appended, as a file of its own."""
        with self.path.open("rb") as grown, target.open("wb") as out:
            for _ in range(self.header):
                out.write(grown.readline())
            grown.seek(self.size)
            while block := grown.read(BLOCK):
                out.write(block)


def find_growth(
    path: Path, name: str, source: str, then: dict[str, Any], run: Path
) -> Growth | None:
    """What was appended; None where it is not certain that every old row reads as it did.

    A row that was set aside, or quotes that do not pair, may read otherwise once more follows.
    """
    was = _row(name, source, run)
    if was is None or was["encoding"] not in ENCODINGS or was["quarantined"] or not was["rows_in"]:
        return None
    digest, lines, quotes, last = hashlib.sha256(), 0, 0, b""
    with path.open("rb") as file:
        left = int(then["size"])
        while left and (block := file.read(min(BLOCK, left))):
            digest.update(block)
            lines, quotes, last = lines + block.count(b"\n"), quotes + block.count(b'"'), block
            left -= len(block)
        if digest.hexdigest() != then["sha256"] or not last.endswith(b"\n") or quotes % 2:
            return None
        while block := file.read(BLOCK):
            digest.update(block)
    growth = Growth(path, name, source, int(then["size"]), lines, digest.hexdigest(), was)
    return growth if _plain_header(growth) else None


def _plain_header(growth: Growth) -> bool:
    """No line of the header goes on in the next."""
    with growth.path.open("rb") as file:
        return b"".join(file.readline() for _ in range(growth.header)).count(b'"') % 2 == 0


def _row(name: str, source: str, run: Path) -> dict[str, Any] | None:
    with connect(threads=1) as con:
        found = con.execute(
            f"SELECT {FILES} FROM {tables.scan(run / 'ingest' / 'files')} "
            "WHERE source = ? AND file = ? AND status = 'read'",
            [source, name],
        ).fetchall()
    return dict(zip(FILES.split(", "), found[0], strict=True)) if len(found) == 1 else None
