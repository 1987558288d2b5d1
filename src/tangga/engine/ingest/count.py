"""Counts the rows of a delimited text file: the reader that is not the parser.

It shares no code with records.py and scan.py, only the sentence that says what a record is. Lines
are counted with numpy; where quotes make that doubtful, a regular expression walks the records.
"""

from __future__ import annotations

import mmap
import re
from pathlib import Path

import numpy as np

from tangga.engine.ingest.limits import Limits

CHUNK = 4 * 1024 * 1024
FORGET = 32 * 1024 * 1024


def count_records(path: Path, start: int, delimiter: str, limits: Limits) -> int:
    """Records in a UTF-8 file from byte `start` on, broken ones counted, lines of blanks not."""
    if path.stat().st_size <= start:
        return 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        return _Counter(text, delimiter, limits).count(start)


def _record_form(sign: bytes, end: bytes) -> re.Pattern[bytes]:
    """Cells up to the end of a record; a cell that starts with a quote must close properly."""
    cell = rb'(?:"[^"]*+(?:""[^"]*+)*+"(?=D|\r*E)|[^D"\n][^D\n]*+|(?=D|E))'
    record = cell + rb"(?:D" + cell + rb")*+\r*+E"
    return re.compile(record.replace(b"E", end).replace(b"D", sign))


class _Counter:
    """One file in memory as the system maps it."""

    def __init__(self, text: mmap.mmap, delimiter: str, limits: Limits) -> None:
        self.text, self.limits, self.size = text, limits, len(text)
        self.delimiter, self.forgotten = ord(delimiter), 0
        sign = re.escape(delimiter.encode())
        self.inner = _record_form(sign, rb"\n")
        self.last = _record_form(sign, rb"(?:\n|\Z)")

    def count(self, start: int) -> int:
        rows = 0
        while start < self.size:
            end = self._chunk_end(start)
            if end - start > CHUNK:
                rows += 1
            elif self._is_tidy(start, end):
                rows += self._lines(start, end)
            else:
                found, end = self._walk(start, end)
                rows += found
            start = end
            self._forget(start)
        return rows

    def _forget(self, end: int) -> None:
        """Give back the memory of what was read (the system still has it in its cache)."""
        end -= end % mmap.PAGESIZE
        if end - self.forgotten >= FORGET and hasattr(mmap, "MADV_DONTNEED"):
            self.text.madvise(mmap.MADV_DONTNEED, self.forgotten, end - self.forgotten)
            self.forgotten = end

    def _chunk_end(self, start: int) -> int:
        """The end of the last whole line of a chunk; beyond it when the first line is longer."""
        if start + CHUNK >= self.size:
            return self.size
        end = self.text.rfind(b"\n", start, start + CHUNK) + 1
        return end or self._line_end(start)

    def _line_end(self, start: int) -> int:
        """Behind the newline of the line."""
        return self.text.find(b"\n", start) + 1 or self.size

    def _is_tidy(self, start: int, end: int) -> bool:
        """No quotes, or all of them around whole cells that end on their own line."""
        if self.text.find(b'"', start, end) < 0:
            return True
        data = np.frombuffer(self.text[start:end] + b"\n", np.uint8)
        quotes = np.flatnonzero(data == ord('"'))
        if len(quotes) % 2:
            return False
        opening, closing = quotes[::2], quotes[1::2]
        newlines = np.cumsum(data == ord("\n"), dtype=np.int32)
        if (newlines[opening] != newlines[closing]).any():
            return False
        before = data[opening - 1] if opening[0] else np.r_[ord("\n"), data[opening[1:] - 1]]
        after = data[closing + 1]
        after = np.where(after == ord("\r"), data[np.minimum(closing + 2, len(data) - 1)], after)
        around = np.array([ord("\n"), ord('"'), self.delimiter], np.uint8)
        return bool(np.isin(before, around).all() and np.isin(after, around).all())

    def _lines(self, start: int, end: int) -> int:
        """Lines that are not blank."""
        text = self.text[start:end]
        data = np.frombuffer(text, np.uint8)
        ends = np.flatnonzero(data == ord("\n"))
        starts = np.r_[0, ends + 1]
        starts = starts[starts < len(data)]
        first = data[starts]
        doubtful = starts[(first == ord(" ")) | (first == ord("\r")) | (first == ord("\n"))]
        blank = sum(self._is_blank(text, int(at)) for at in doubtful)
        return len(starts) - blank

    def _is_blank(self, text: bytes, at: int) -> bool:
        end = text.find(b"\n", at)
        line = text[at : len(text) if end < 0 else end]
        return len(line) <= self.limits.record_bytes and not line.strip(b" \r")

    def _walk(self, start: int, end: int) -> tuple[int, int]:
        """(records, where the next one starts) of a chunk with quotes that need a look."""
        rows = 0
        while start < end:
            quote = self.text.find(b'"', start, end)
            stop = end if quote < 0 else max(self.text.rfind(b"\n", start, quote) + 1, start)
            rows += self._lines(start, stop)
            start = stop
            if quote >= 0:
                rows += 1
                start = self._record_end(start)
        return rows, start

    def _record_end(self, start: int) -> int:
        """Behind the record that starts here: over several lines only if its quotes close."""
        line = self._line_end(start)
        if line - start > self.limits.record_bytes:
            return line
        most = min(start + self.limits.record_bytes + 1, self.size)
        form = self.last if most == self.size else self.inner
        found = form.match(self.text, start, most)
        if found is None or found.end() <= line:
            return line
        record = found[0].removesuffix(b"\n")
        fits = len(record) <= self.limits.record_bytes
        return found.end() if fits and record.count(b"\n") < self.limits.record_lines else line
