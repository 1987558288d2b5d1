"""Writes the accepted rows of one file as one part of raw_SOURCE."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tangga.engine import tables
from tangga.engine.ingest.limits import Limits

REPEATS = 0.3
"""A column with fewer distinct values than this share of its rows is worth a dictionary."""
SAMPLE = 20_000


def unfinished(final: Path) -> Path:
    """The name of a part while it is being written; scans leave it out."""
    return final.with_name(f".{final.name}.{os.getpid()}.tmp")


def raw_schema(names: Sequence[str]) -> pa.Schema:
    """`_file`, `_line`, then the source's columns, all text."""
    return pa.schema(
        [("_file", pa.string()), ("_line", pa.int64()), *((name, pa.string()) for name in names)]
    )


class PartWriter:
    """One Parquet file that is there whole or not at all. Use in a `with` block.

    Rows are gathered into groups of `group_rows`; what is in a group depends on the rows only.
    """

    def __init__(
        self, table: Path, part: int, file: str, names: Sequence[str], limits: Limits
    ) -> None:
        self.final = tables.part_file(table, part)
        self.file, self.schema, self.limits = file, raw_schema(names), limits
        self.rows = 0
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self._writer: pq.ParquetWriter | None = None
        table.mkdir(parents=True, exist_ok=True, mode=0o700)

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if failed is None:
            self._flush(everything=True)
            assert self._writer is not None
            self._writer.close()
            unfinished(self.final).replace(self.final)
        elif self._writer is not None:
            # Closing writes the footer, which fails too where the disk is full.
            with suppress(OSError):
                self._writer.close()
            unfinished(self.final).unlink(missing_ok=True)

    def write(self, columns: Sequence[pa.ChunkedArray], lines: NDArray[np.int64]) -> None:
        """Add rows. columns: as many as names, all text, in order; lines: where each row starts."""
        file = pa.repeat(pa.scalar(self.file, pa.string()), len(lines))
        table = pa.Table.from_arrays([file, pa.array(lines), *columns], schema=self.schema)
        self.rows += table.num_rows
        self._waiting.append(table)
        self._waiting_rows += table.num_rows
        if self._waiting_rows >= self.limits.group_rows:
            self._flush()

    def _flush(self, *, everything: bool = False) -> None:
        empty = self.schema.empty_table()
        table = pa.concat_tables(self._waiting) if self._waiting else empty
        whole = table.num_rows // self.limits.group_rows * self.limits.group_rows
        whole = table.num_rows if everything else whole
        if self._writer is None:
            self._writer = self._open(table)
        if whole or table.num_rows == 0:
            self._writer.write_table(table.slice(0, whole), row_group_size=self.limits.group_rows)
        self._waiting = [table.slice(whole)]
        self._waiting_rows = table.num_rows - whole

    def _open(self, first: pa.Table) -> pq.ParquetWriter:
        repeated = [name for name in self.schema.names if name != "_line" and _repeats(first[name])]
        return pq.ParquetWriter(
            unfinished(self.final),
            self.schema,
            compression="snappy",
            use_dictionary=repeated,
            write_statistics=False,
        )


def _repeats(column: pa.ChunkedArray) -> bool:
    sample = column.slice(0, SAMPLE)
    return bool(pc.count_distinct(sample).as_py() <= REPEATS * len(sample))
