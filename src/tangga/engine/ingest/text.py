"""Reads delimited text (UTF-8 by now) into a part: fast where it is clean, plain elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
from numpy.typing import NDArray

from tangga.engine.ingest.limits import Limits
from tangga.engine.ingest.part import PartWriter
from tangga.engine.ingest.quarantine import Quarantine, shown
from tangga.engine.ingest.records import Record, encode, is_blank, read_record
from tangga.engine.ingest.scan import clean_rows
from tangga.errors import Conflict

SMALL_WINDOW = 64 * 1024
WINDOW = 2 * 1024 * 1024
MOST_PATIENCE = 4096


@dataclass(frozen=True)
class TextTable:
    """Where the rows of a text file are. offset, line: the first byte and line below the header."""

    path: Path
    delimiter: str
    names: tuple[str, ...]
    offset: int
    line: int


@dataclass
class _Batch:
    """Lines that Arrow will cut into cells, with the number of the line each row starts on."""

    pieces: list[bytes] = field(default_factory=list)
    lines: list[NDArray[np.int64]] = field(default_factory=list)
    loose: list[int] = field(default_factory=list)
    size: int = 0
    quoted: bool = False

    def add_block(self, block: bytes, lines: NDArray[np.int64], *, quoted: bool) -> None:
        """Many rows as they stand in the file."""
        self._gather()
        self.pieces.append(block)
        self.lines.append(lines)
        self.size += len(block)
        self.quoted |= quoted

    def add_row(self, row: bytes, line: int) -> None:
        """One row, all cells quoted."""
        self.pieces.append(row)
        self.loose.append(line)
        self.size += len(row)
        self.quoted = True

    def _gather(self) -> None:
        if self.loose:
            self.lines.append(np.array(self.loose, np.int64))
            self.loose.clear()

    def contents(self) -> tuple[bytes, NDArray[np.int64]]:
        """(text, line numbers), in order."""
        self._gather()
        text = self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)
        return text, np.concatenate(self.lines)


class TextReader:
    """One pass over a text file: accepted rows to `part`, the others to `quarantine`.

    The file is read in blocks, and a block is looked at in windows. The clean start of a window
    goes to Arrow as it is; at the first doubtful row the plain reader takes over for a while, the
    longer the more often that happens.
    """

    def __init__(
        self, table: TextTable, part: PartWriter, quarantine: Quarantine, limits: Limits
    ) -> None:
        self.table, self.part, self.quarantine, self.limits = table, part, quarantine, limits
        self.delimiter = table.delimiter.encode()
        self.width = len(table.names)
        self.line = table.line
        self.data, self.at, self.whole = b"", 0, False
        self.window = WINDOW
        self.patience, self.plain_rows = 1, 0
        self.batch = _Batch()

    def read(self) -> None:
        """Read everything."""
        with self.table.path.open("rb") as file:
            file.seek(self.table.offset)
            while not self.whole:
                block = file.read(self.limits.block_bytes)
                self.data, self.at, self.whole = self.data[self.at :] + block, 0, not block
                while self.at < len(self.data) and (self._clean() or self._plain(file)):
                    pass
        self._flush()

    def _clean(self) -> bool:
        """Take the clean start of a window; False when there is none."""
        # In a table of one column a blank line is no row: only the plain reader knows that.
        if self.plain_rows or self.width == 1:
            return False
        end = self.data.rfind(b"\n", self.at, self.at + self.window) + 1
        if end <= self.at:
            return False
        block = self.data[self.at : end]
        clean = clean_rows(block, self.delimiter[0], self.width, self.limits)
        self._learn(clean.end == len(block))
        if clean.rows:
            first = np.arange(clean.rows) if clean.first_lines is None else clean.first_lines
            self.batch.add_block(block[: clean.end], first + self.line, quoted=clean.quoted)
            self._forward(clean.end, clean.lines)
        return clean.rows > 0

    def _learn(self, all_clean: bool) -> None:
        """Look further at once after a clean window; after a doubtful one go row by row."""
        if all_clean:
            self.window = min(self.window * 4, WINDOW)
            self.patience = 1
        else:
            self.window = SMALL_WINDOW
            self.plain_rows = self.patience
            self.patience = min(self.patience * 2, MOST_PATIENCE)

    def _plain(self, file: BinaryIO) -> bool:
        """Take one record with the plain reader; False when more data is needed to tell."""
        record = read_record(self.data, self.at, self.delimiter, self.limits, whole=self.whole)
        if record is None:
            return False
        self.plain_rows = max(self.plain_rows - 1, 0)
        if record.end < 0:
            self._skip_long_line(file)
            return True
        raw = self.data[record.start : record.end]
        if record.problem is not None or not is_blank(raw):
            self._place(record, raw.rstrip(b"\r"))
        self._forward(record.end + 1 - self.at, record.lines)
        return True

    def _place(self, record: Record, raw: bytes) -> None:
        problem, value = self._problem(record, raw)
        if problem is None:
            assert record.cells is not None
            self.batch.add_row(encode(record.cells, self.delimiter), self.line)
        else:
            self.quarantine.add(self.line, problem, shown(raw, self.limits), value=value)

    def _problem(self, record: Record, raw: bytes) -> tuple[str | None, str | None]:
        """(why the record cannot stand, the value that shows it)."""
        if record.problem == "too_long_line":
            return record.problem, f"{len(raw)} bytes"
        if b"\0" in raw:
            return "nul_bytes", None
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            return "broken_encoding", f"byte 0x{raw[error.start]:02X}"
        if record.cells is None:
            return record.problem, None
        if len(record.cells) != self.width:
            return "wrong_width", f"{len(record.cells)} cells, the header has {self.width}"
        return None, None

    def _skip_long_line(self, file: BinaryIO) -> None:
        """Pass over a line that does not end in the data, keeping only its start."""
        head = self.data[self.at : self.at + 4 * self.limits.shown_chars]
        length = len(self.data) - self.at
        self.data, self.at = b"", 0
        while block := file.read(self.limits.block_bytes):
            end = block.find(b"\n")
            length += len(block) if end < 0 else end
            if end >= 0:
                self.data, self.at = block, end + 1
                break
        text = shown(head, self.limits, length)
        self.quarantine.add(self.line, "too_long_line", text, value=f"{length} bytes")
        self.line += 1

    def _forward(self, size: int, lines: int) -> None:
        self.at = min(self.at + size, len(self.data))
        self.line += lines
        if self.batch.size >= self.limits.block_bytes:
            self._flush()

    def _flush(self) -> None:
        """Let Arrow cut the gathered lines into cells; it must find the rows that were seen."""
        if not self.batch.size:
            return
        text, lines = self.batch.contents()
        cells = _cells(text, self.table, quoted=self.batch.quoted)
        self.batch = _Batch()
        if cells.num_rows != len(lines):
            what = f"{cells.num_rows} rows were read where {len(lines)} were seen"
            raise Conflict(f"{self.quarantine.file}: {what}, before line {self.line}")
        self.part.write(cells.columns, lines)


def _cells(text: bytes, table: TextTable, *, quoted: bool) -> pa.Table:
    """Clean lines as columns of text; an empty cell stays empty text."""
    places = [str(place) for place in range(len(table.names))]
    return pc.read_csv(
        pa.BufferReader(text),
        read_options=pc.ReadOptions(column_names=places, block_size=len(text) + 1),
        parse_options=pc.ParseOptions(
            delimiter=table.delimiter, newlines_in_values=quoted, ignore_empty_lines=False
        ),
        convert_options=pc.ConvertOptions(
            column_types=dict.fromkeys(places, pa.string()), null_values=[]
        ),
    )
