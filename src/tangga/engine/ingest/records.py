"""The plain reader of delimited text: one record at a time, slow and obviously right.

A record is a line. Where a quoted cell is open at the end of the line, the record goes on to the
line on which that cell closes properly (a delimiter or the end of the line behind the quote), at
most `record_lines` lines and `record_bytes` bytes; if it does not close so, the line stands
alone, so that a quote never closed costs only its own line. A line of blanks is no record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tangga.engine.ingest.limits import Limits

QUOTED = re.compile(rb'"([^"]*+(?:""[^"]*+)*+)"')
UNCLOSED = "unclosed"
STRAY = "stray"


@dataclass(frozen=True)
class Record:
    """One record: bytes `start` to `end` (the line end not included) over `lines` lines.

    cells is None when the record cannot be cut into cells; problem says why it cannot stand.
    """

    start: int
    end: int
    lines: int
    cells: list[bytes] | None
    problem: str | None = None


def is_blank(line: bytes) -> bool:
    """Whether a line is no record."""
    return not line.strip(b" \r")


def cut(text: bytes, delimiter: bytes) -> tuple[list[bytes] | None, str | None]:
    """(cells, None), or (None, `unclosed` | `stray`) where the quotes are broken.

    A quote matters at the start of a cell only; inside a quoted cell two quotes are one.
    """
    if b'"' not in text:
        return text.split(delimiter), None
    cells: list[bytes] = []
    at = 0
    while True:
        if text.startswith(b'"', at):
            found = QUOTED.match(text, at)
            if found is None:
                return None, UNCLOSED
            end = found.end()
            if end < len(text) and not text.startswith(delimiter, end):
                return None, STRAY
            cells.append(found[1].replace(b'""', b'"'))
        else:
            end = text.find(delimiter, at)
            end = len(text) if end < 0 else end
            cells.append(text[at:end])
        if end >= len(text):
            return cells, None
        at = end + len(delimiter)


def read_record(
    data: bytes, start: int, delimiter: bytes, limits: Limits, *, whole: bool
) -> Record | None:
    """The record that starts at `start`, where a line starts.

    whole: `data` ends where the file ends. None: more data is needed to tell. A line longer than
    `record_bytes` is `too_long_line`; its end is -1 when it lies beyond the data.
    """
    end = _line_end(data, start, whole)
    if end - start > limits.record_bytes or (end < 0 and len(data) - start > limits.record_bytes):
        return Record(start, end, 1, None, "too_long_line")
    if end < 0:
        return None
    cells, broken = cut(data[start:end].rstrip(b"\r"), delimiter)
    if broken is None:
        return Record(start, end, 1, cells)
    if broken == UNCLOSED:
        longer = _read_on(data, start, end, delimiter, limits, whole=whole)
        if longer is None or longer.problem is None:
            return longer
    return Record(start, end, 1, None, "broken_quotes")


def _read_on(
    data: bytes, start: int, end: int, delimiter: bytes, limits: Limits, *, whole: bool
) -> Record | None:
    """The record over several lines; None: more data is needed; a problem: it never closes."""
    never = Record(start, end, 1, None, "broken_quotes")
    for lines in range(2, limits.record_lines + 1):
        if whole and end >= len(data):
            return never
        end = _line_end(data, end + 1, whole)
        if max(end, len(data) if end < 0 else 0) - start > limits.record_bytes:
            return never
        if end < 0:
            return None
        cells, broken = cut(data[start:end].rstrip(b"\r"), delimiter)
        if broken is None:
            return Record(start, end, lines, cells)
        if broken == STRAY:
            return never
    return never


def _line_end(data: bytes, start: int, whole: bool) -> int:
    """Where the line ends, -1 when that is beyond the data."""
    end = data.find(b"\n", start)
    return len(data) if end < 0 and whole else end


def encode(cells: list[bytes], delimiter: bytes) -> bytes:
    """Cells as one line that any reader cuts alike: all quoted."""
    return delimiter.join(b'"' + cell.replace(b'"', b'""') + b'"' for cell in cells) + b"\n"
