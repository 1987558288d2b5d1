"""One way to open DuckDB, so that every step has the same limits."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

import duckdb

_NUMBER = count()


def connect(
    *,
    threads: int = 2,
    memory: str | None = None,
    spill: Path | None = None,
    footers: bool = False,
) -> duckdb.DuckDBPyConnection:
    """A private in-memory database.

    memory: DuckDB's own limit such as `"1200MB"` (None: its default, 80 % of RAM).
    footers: remember how Parquet files are built, which saves a little at every further look; for
    who never writes a file of one name twice.
    spill: the folder for what does not fit; without it a step that needs more fails. Each
    database takes a folder of its own in it: they name their files alike.
    """
    con = duckdb.connect(":memory:")
    con.execute(f"SET threads = {threads}")
    con.execute("SET enable_progress_bar = false")
    con.execute("SET autoinstall_known_extensions = false")
    con.execute("SET autoload_known_extensions = false")
    if footers:
        con.execute("SET parquet_metadata_cache = true")
    if memory is not None:
        con.execute(f"SET memory_limit = '{memory}'")
    if spill is not None:
        own = spill / f"{os.getpid()}-{next(_NUMBER)}"
        con.execute(f"SET temp_directory = '{quoted(own)}'")
    return con


def quoted(path: Path | str) -> str:
    """A path or text for use inside single quotes in SQL."""
    return str(path).replace("'", "''")
