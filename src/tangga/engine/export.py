"""Writing a table of the last complete run to a file: .csv, .xlsx or .parquet.

CSV is UTF-8 with a header and keeps every value as it is; XLSX keeps numbers of identity as
text, so that a spreadsheet does not round the sixteen digits of a NIK.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow.csv
import pyarrow.parquet

from tangga.engine import show, xlsx
from tangga.errors import UserError

BATCH = 50_000
"""Rows held in memory at a time."""

Progress = Callable[[str, int, int], None]


def export(
    directory: Path,
    table: str,
    to: Path,
    *,
    where: str | None = None,
    progress: Progress | None = None,
) -> int:
    """Write a table of the last complete run to a file; returns the number of rows.

    The file appears when it is whole: a failed export leaves an earlier file as it was.
    """
    check_target(directory, to)
    con, sql = show.select(directory, table, where=where)
    return write(con, sql, to, _reporter(table, show.count(con, sql), progress))


def check_target(directory: Path, to: Path) -> None:
    """UserError where a file cannot be written there, or should not."""
    if to.suffix.lower() not in WRITERS:
        todo = f"End its name in one of {', '.join(WRITERS)}"
        raise UserError("no such format of file", file=to, todo=todo)
    if not to.parent.is_dir():
        raise UserError("no such folder", file=to.parent, todo="Make it first")
    _spare_sources(directory, to)


def write(con: duckdb.DuckDBPyConnection, sql: str, to: Path, report: Callable[[int], None]) -> int:
    """Write the rows of a SELECT to a file of a known format, whole or not at all; returns rows."""
    unfinished = to.with_name(f".{to.name}.{os.getpid()}.tmp")
    try:
        rows = WRITERS[to.suffix.lower()](con, sql, unfinished, report)
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def _spare_sources(directory: Path, to: Path) -> None:
    """A file that a source claims was received from somebody: it is never written over."""
    if not to.exists():
        return
    from tangga.engine.workspace import load_workspace

    received = {
        file.resolve() for source in load_workspace(directory).sources for file in source.files
    }
    if to.resolve() in received:
        raise UserError("is a file of a source", file=to, todo="Export to another name")


def _reporter(table: str, total: int, progress: Progress | None) -> Callable[[int], None]:
    return (lambda done: progress(table, done, total)) if progress else (lambda _done: None)


def _batches(
    con: duckdb.DuckDBPyConnection, sql: str, report: Callable[[int], None]
) -> tuple[pyarrow.Schema, Iterator[pyarrow.RecordBatch]]:
    reader = con.sql(sql).to_arrow_reader(BATCH)

    def each() -> Iterator[pyarrow.RecordBatch]:
        done = 0
        for batch in reader:
            yield batch
            done += batch.num_rows
            report(done)

    return reader.schema, each()


def _write_csv(
    con: duckdb.DuckDBPyConnection, sql: str, to: Path, report: Callable[[int], None]
) -> int:
    return _write_arrow(pyarrow.csv.CSVWriter, con, sql, to, report)


def _write_parquet(
    con: duckdb.DuckDBPyConnection, sql: str, to: Path, report: Callable[[int], None]
) -> int:
    return _write_arrow(pyarrow.parquet.ParquetWriter, con, sql, to, report)


def _write_arrow(writer, con, sql, to, report) -> int:  # type: ignore[no-untyped-def]
    """Both of Arrow's writers take a path and a schema, then batches."""
    schema, batches = _batches(con, sql, report)
    rows = 0
    with writer(str(to), schema) as out:
        for batch in batches:
            out.write_batch(batch)
            rows += batch.num_rows
    return rows


def _write_xlsx(
    con: duckdb.DuckDBPyConnection, sql: str, to: Path, report: Callable[[int], None]
) -> int:
    columns = [
        xlsx.Column(name, kind, _too_long(con, sql, name, kind))
        for name, kind in show.described(con, sql)
    ]
    _, batches = _batches(con, sql, report)
    rows = (row for batch in batches for row in zip(*_lists(batch), strict=True))
    return xlsx.write(to, columns, rows)


def _lists(batch: pyarrow.RecordBatch) -> list[list[object]]:
    return [column.to_pylist() for column in batch.columns]


def _too_long(con: duckdb.DuckDBPyConnection, sql: str, name: str, kind: str) -> bool:
    """Whether a whole-number column holds more digits than a spreadsheet keeps (15)."""
    if not kind.endswith(("BIGINT", "HUGEINT")):
        return False
    most = f'SELECT max(abs("{name}"::HUGEINT)) FROM ({sql}) AS t'
    return (con.execute(most).fetchall()[0][0] or 0) >= 10**15


WRITERS: dict[str, Callable[..., int]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".parquet": _write_parquet,
}
