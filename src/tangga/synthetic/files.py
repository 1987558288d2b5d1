"""Files as they are written: tables as CSV, and small texts."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa


def write_csv(table: pa.Table, file: Path, delimiter: str) -> None:
    """Write a table of texts; an empty cell is nothing between two delimiters."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:") as con:
        con.execute("SET threads = 2")
        con.register("rows_to_write", table)
        name = str(file).replace("'", "''")
        con.execute(
            f"COPY (SELECT * FROM rows_to_write) TO '{name}' (FORMAT csv, DELIMITER '{delimiter}')"
        ).fetchall()


def write_text(file: Path, text: str) -> None:
    """Write a small text file, folders included."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
