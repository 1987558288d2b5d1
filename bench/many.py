"""A register many times over: every id once more with another ending, nothing else changed.

Inventing and linking tens of millions of people is measured elsewhere; what decides them only
reads the finished register, so its copies are as good.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pyarrow.parquet

from tangga.engine.current import last_complete

IDS = ("person_id", "family_id", "head_person_id", "old_id", "new_id")


def repeat(workspace: Path, target: Path, times: int) -> int:
    """Write the workspace with `times` as many families; returns how many. `target` is replaced."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in ("tangga.toml", "sources", "areas", "local"):
        found = workspace / name
        if found.is_dir():
            shutil.copytree(found, target / name)
        elif found.exists():
            shutil.copy(found, target / name)
    run = last_complete(workspace)
    (target / "data").mkdir()
    for file in (workspace / "data").iterdir():
        (target / "data" / file.name).hardlink_to(file)
    new = target / "runs" / run.name
    shutil.copytree(run, new, ignore=shutil.ignore_patterns("rank", "plan", "resolve", "sql"))
    with duckdb.connect() as con:
        con.execute("SET threads = 2")
        con.execute("SET preserve_insertion_order = false")
        for table in sorted((run / "resolve").iterdir()):
            if table.is_dir():
                _repeat_table(con, table, new / "resolve" / table.name, times)
        families = f"SELECT count(*) FROM '{new}/resolve/families/part-*.parquet'"
        return int(con.execute(families).fetchall()[0][0])


def _repeat_table(con: duckdb.DuckDBPyConnection, table: Path, out: Path, times: int) -> None:
    out.mkdir(parents=True)
    first = min(table.glob("part-*.parquet"), default=None)
    if first is None:
        return
    columns = pyarrow.parquet.read_schema(first).names
    changed = [c for c in columns if c in IDS]
    for turn in range(times):
        ending = format(turn, "x")
        replaced = ", ".join(
            f"left({c}, -1) || '{ending}' || right({c}, 1) AS {c}" for c in changed
        )
        star = f"* REPLACE ({replaced})" if replaced and turn else "*"
        con.execute(
            f"COPY (SELECT {star} FROM '{table}/part-*.parquet') "
            f"TO '{out}/part-{turn:05d}.parquet' (FORMAT parquet)"
        ).fetchall()
