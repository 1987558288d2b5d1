"""A table is a folder of Parquet files: how it is written and read."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from tangga.engine.connection import quoted


def part_file(table: Path, part: int) -> Path:
    """The file of one part of a table."""
    return table / f"part-{part:05d}.parquet"


def write(con: duckdb.DuckDBPyConnection, sql: str, table: Path, *, part: int = 0) -> int:
    """Write the rows of a SELECT as one part of a table; returns the number of rows.

    The rows go to a temporary name first, so that a retry is harmless and a killed run never
    leaves half a file that looks whole.
    """
    table.mkdir(parents=True, exist_ok=True, mode=0o700)
    final = part_file(table, part)
    unfinished = final.with_name(f".{final.name}.{os.getpid()}.tmp")
    rows = con.execute(
        f"COPY ({sql}) TO '{quoted(unfinished)}' (FORMAT parquet, COMPRESSION snappy)"
    ).fetchall()[0][0]
    unfinished.replace(final)
    return int(rows)


def scan(table: Path) -> str:
    """A table as something to SELECT from.

    A name that starts with a dot is an unfinished file; the pattern leaves it out.
    """
    return f"read_parquet('{quoted(table)}/part-*.parquet', union_by_name = true)"


def exists(table: Path) -> bool:
    """Whether at least one part of the table is there."""
    return table.is_dir() and any(table.glob("part-*.parquet"))


def count(con: duckdb.DuckDBPyConnection, table: Path) -> int:
    """Rows of a table (from the files' metadata)."""
    return int(con.execute(f"SELECT count(*) FROM {scan(table)}").fetchall()[0][0])
