"""Many families to score: answers of a survey's households, shuffled within columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet as pq

ROWS = 1 << 18
SWAPPED = 0.3
"""Share of a family's answers that are another household's: so that few scores are alike."""
LACKING = 0.01
AREAS = 514
"""Kabupaten and kota of Indonesia."""


def make(survey: Path, columns: list[str], required: list[str], to: Path, rows: int) -> None:
    """A Parquet file of so many families: id, area, members and the columns of a model.

    required: columns of which nobody lacks an answer. Made once.
    """
    if to.exists():
        return
    table = pyarrow.csv.read_csv(survey).select(list(dict.fromkeys(["members", *columns])))
    random = np.random.default_rng(1)
    unfinished = to.with_suffix(".tmp")
    writer = None
    for start in range(0, rows, ROWS):
        size = min(ROWS, rows - start)
        piece = _families(table, size, required, random)
        ids = pa.array(np.arange(start, start + size) + 10**11)
        areas = pa.array(random.integers(0, AREAS, size).astype(np.int32))
        piece = piece.add_column(0, "family", ids).add_column(1, "area", areas)
        writer = writer or pq.ParquetWriter(unfinished, piece.schema)
        writer.write_table(piece, row_group_size=ROWS)
    assert writer is not None
    writer.close()
    unfinished.replace(to)


def _families(
    table: pa.Table, size: int, required: list[str], random: np.random.Generator
) -> pa.Table:
    row = random.integers(0, table.num_rows, size)
    columns = {}
    for name in table.column_names:
        other = random.integers(0, table.num_rows, size)
        taken = np.where(random.random(size) < SWAPPED, other, row)
        column = table.column(name).take(pa.array(taken))
        if name not in (*required, "members"):
            lacks = pa.array(random.random(size) < LACKING)
            column = pa.compute.if_else(lacks, None, column)
        columns[name] = column
    return pa.table(columns)
