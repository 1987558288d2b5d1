"""Writing what a model says of families: .parquet, .csv or .xlsx, one row for each of the file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from tangga.engine import xlsx
from tangga.engine.welfare.answers import as_text
from tangga.engine.welfare.apply import MILLION, RESULTS, Applied
from tangga.engine.welfare.deciles import Deciles
from tangga.engine.welfare.spec import POOR, POOREST
from tangga.errors import UserError

ROWS = 1 << 18
"""Families written at a time."""

Progress = Callable[[str, int, int], None]


def check_name(to: Path, *others: Path) -> None:
    """UserError unless a file of this name can be written, and is none of those read."""
    if to.suffix.lower() not in WRITERS:
        todo = f"End its name in one of {', '.join(WRITERS)}"
        raise UserError("no such format of file", file=to, todo=todo)
    if not to.parent.is_dir():
        raise UserError("no such folder", file=to.parent, todo="Make it first")
    if any(to.exists() and other.exists() and to.samefile(other) for other in others):
        raise UserError("is read as well", file=to, todo="Write to another name")


def write_applied(applied: Applied, to: Path, *, progress: Progress | None = None) -> None:
    """Write all families, in the order in which they came. The file appears when it is whole."""
    unfinished = to.with_name(f".{to.name}.{os.getpid()}.tmp")
    batches = _told(_batches(applied), len(applied), to.name, progress)
    try:
        WRITERS[to.suffix.lower()](unfinished, _batch(applied, 0, 0).schema, batches)
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)


def _batches(applied: Applied) -> Iterator[pa.Table]:
    for start in range(0, len(applied), ROWS):
        yield _batch(applied, start, min(start + ROWS, len(applied)))


def _told(
    batches: Iterable[pa.Table], total: int, name: str, progress: Progress | None
) -> Iterator[pa.Table]:
    done = 0
    for batch in batches:
        yield batch
        done += batch.num_rows
        if progress:
            progress(name, done, total)


def _batch(applied: Applied, start: int, stop: int) -> pa.Table:
    some, size = slice(start, stop), stop - start
    unknown = ~applied.known[some]
    columns = {
        "id": pa.array(np.arange(start + 1, stop + 1))
        if applied.ids is None
        else applied.ids.slice(start, size),
        "score": pa.array(applied.score[some], mask=unknown),
        "probability": _chance(applied, POOR, some),
        "probability_poorest": _chance(applied, POOREST, some),
        "decile_raw": _decile(applied.raw[some]),
        "decile": _decile(applied.decile[some]),
    }
    if applied.local is not None:
        columns["decile_local"] = _decile(applied.local[some])
    columns["missing"] = applied.lacks.slice(start, size).cast(pa.string())
    columns["answers"] = as_text(applied.answers[some])
    kept = applied.kept.slice(start, size)
    return pa.table(columns | {name: kept.column(name) for name in kept.column_names})


def _chance(applied: Applied, share: float, some: slice) -> pa.Array:
    millionths = applied.chances[share][some]
    return pa.array(millionths / MILLION, mask=millionths < 0)


def _decile(found: Deciles) -> pa.Array:
    return pa.array(found, mask=found == 0)


def _write_parquet(to: Path, schema: pa.Schema, batches: Iterable[pa.Table]) -> None:
    # What is unlike in every row is not tried as a list of words first.
    listed = [name for name in schema.names if name not in ("id", "score", "answers")]
    with pq.ParquetWriter(to, schema, use_dictionary=listed) as out:
        for batch in batches:
            out.write_table(batch)


def _write_csv(to: Path, schema: pa.Schema, batches: Iterable[pa.Table]) -> None:
    plain = pa.schema([(field.name, _spelt_out(field.type)) for field in schema])
    with pyarrow.csv.CSVWriter(to, plain) as out:
        for batch in batches:
            out.write_table(batch.cast(plain))


def _spelt_out(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _write_xlsx(to: Path, schema: pa.Schema, batches: Iterable[pa.Table]) -> None:
    columns = [_cells(field) for field in schema]
    rows = (row for b in batches for row in zip(*(c.to_pylist() for c in b.columns), strict=True))
    xlsx.write(to, columns, rows)


def _cells(field: pa.Field) -> xlsx.Column:
    """How a column stands in a sheet. Whole numbers that a spreadsheet might round (an id, or what
    is kept of the file) are text."""
    kind = field.type
    if pa.types.is_boolean(kind):
        return xlsx.Column(field.name, "BOOLEAN")
    if pa.types.is_date(kind):
        return xlsx.Column(field.name, "DATE")
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        return xlsx.Column(field.name, "VARCHAR")
    wide = pa.types.is_integer(kind) and kind.bit_width == 64 and field.name not in RESULTS[1:]
    return xlsx.Column(field.name, "DOUBLE", as_text=wide)


WRITERS: dict[str, Callable[[Path, pa.Schema, Iterable[pa.Table]], None]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".parquet": _write_parquet,
}
