"""Rows that cannot stand: kept with their reason and their text."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tangga.engine import tables
from tangga.engine.ingest.limits import Limits
from tangga.engine.ingest.part import unfinished

SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("field", pa.string()),
        ("problem", pa.string()),
        ("value", pa.string()),
        ("row", pa.string()),
    ]
)
BATCH = 2_000


def shown(raw: bytes, limits: Limits, length: int | None = None) -> str:
    """A row's bytes as text that any reader takes; cut when it is huge, with its length.

    length: how long the row was, when `raw` is only its start.
    """
    length = len(raw) if length is None else length
    text = raw[: 4 * limits.shown_chars].decode("utf-8", errors="backslashreplace")
    text = text[: limits.shown_chars].replace("\0", "\\x00")
    kept = len(text) < limits.shown_chars and length == len(raw)
    return text if kept else f"{text}... ({length} bytes)"


@dataclass
class Quarantine:
    """The quarantined rows of one file of one source; written as one part of the table."""

    source: str
    file: str
    table: Path
    part: int
    limits: Limits
    rows: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    example: str | None = None
    _waiting: list[tuple[object, ...]] = field(default_factory=list)
    _writer: pq.ParquetWriter | None = None

    @property
    def _unfinished(self) -> Path:
        return unfinished(tables.part_file(self.table, self.part))

    def add(self, line: int, problem: str, row: str, *, value: str | None = None) -> None:
        """Set one row aside. row: its text as `shown` makes it."""
        self.rows += 1
        self.problems[problem] += 1
        self.example = self.example or value
        self._waiting.append((self.source, self.file, line, None, problem, value, row))
        if len(self._waiting) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        if self._writer is None:
            self.table.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._writer = pq.ParquetWriter(self._unfinished, SCHEMA, compression="snappy")
        columns = [list(column) for column in zip(*self._waiting, strict=True)]
        arrays = [pa.array(c, type=f.type) for c, f in zip(columns, SCHEMA, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=SCHEMA))
        self._waiting.clear()

    def close(self) -> None:
        """Write what waits and give the part its name."""
        if self._waiting:
            self._flush()
        if self._writer is not None:
            self._writer.close()
            self._unfinished.replace(tables.part_file(self.table, self.part))

    def drop(self) -> None:
        """Forget everything: the file turned out to be broken."""
        if self._writer is not None:
            with suppress(OSError):
                self._writer.close()
            self._unfinished.unlink(missing_ok=True)


def write_empty(table: Path, part: int) -> None:
    """A part without rows, so that the table is there."""
    write_rows([], SCHEMA, table, part)


def write_rows(rows: list[dict[str, object]], schema: pa.Schema, table: Path, part: int) -> None:
    """A small table as one part."""
    table.mkdir(parents=True, exist_ok=True, mode=0o700)
    final = tables.part_file(table, part)
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), unfinished(final))
    unfinished(final).replace(final)
