"""A table is a folder of Parquet files: how it is written and read.

A full run writes `part-00000.parquet` and so on. A run that adds keeps the files of the run
before and writes `part-RUN-00000.parquet` beside them; rows of earlier files that no longer hold
are named in `gone-RUN.parquet`, whose columns are the key by which they are found. Whoever reads
a table reads it through `scan`, which leaves those rows out.
"""

from __future__ import annotations

import os
import re
import shutil
from itertools import groupby
from pathlib import Path
from secrets import token_hex

import duckdb
import pyarrow.parquet as pq

from tangga.engine.connection import quoted
from tangga.errors import Conflict

# Nearly every text here is a code or is unlike any other: a dictionary that is not small is tried
# in vain. Without the limit, writing records cost a quarter more.
_FORMAT = "FORMAT parquet, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 1000"
SPREAD_ROWS = 32_768
"""Rows that a thread keeps before it writes them to the files of their parts."""
_WHOLE = re.compile(r"read_parquet\('((?:[^']|'')*)/part-\*\.parquet'")
_ADDED = re.compile(r"(?:part-(?=\d+-)|gone-)(\d+)(?:-\d+)?\.parquet")


def part_file(table: Path, part: int) -> Path:
    """The file of one part of a table."""
    return table / f"part-{part:05d}.parquet"


def added_file(table: Path, run: str, part: int = 0) -> Path:
    """The file of one part that a run of adding writes."""
    return table / f"part-{run}-{part:05d}.parquet"


def gone_file(table: Path, run: str) -> Path:
    """The file in which a run of adding names the earlier rows that no longer hold."""
    return table / f"gone-{run}.parquet"


def share(source: Path, target: Path) -> None:
    """The tables of a folder in another one as well: the same files, by hard links."""
    shutil.copytree(source, target, copy_function=_hard_link)


def _hard_link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def write(con: duckdb.DuckDBPyConnection, sql: str, table: Path, *, part: int = 0) -> int:
    """Write the rows of a SELECT as one part of a table; returns the number of rows."""
    return write_file(con, sql, part_file(table, part))


def write_file(con: duckdb.DuckDBPyConnection, sql: str, final: Path) -> int:
    """Write the rows of a SELECT as one file of a table; returns the number of rows.

    The rows go to a temporary name first, so that a retry is harmless and a killed run never
    leaves half a file that looks whole.
    """
    unfinished, rows = _unfinished(con, sql, final)
    unfinished.replace(final)
    return rows


def write_once(
    con: duckdb.DuckDBPyConnection, sql: str, final: Path, while_there: Path | None = None
) -> int:
    """The same, but where the file has come into being meanwhile it stays as it is: whoever reads
    it already keeps it. So the same task may run twice, and at the same time on two machines.

    while_there: a file that is there as long as the run is; where it is gone, nothing takes its
    name and Conflict is raised: a task that nobody waits for any more writes nothing.
    """
    unfinished, rows = _unfinished(con, sql, final)
    try:
        if while_there is not None and not _there(while_there):
            raise Conflict(f"{final.parent.name}: the run of this task has ended")
        try:
            final.hardlink_to(unfinished)
        except FileExistsError:
            return int(pq.read_metadata(final).num_rows)
        return rows
    finally:
        unfinished.unlink(missing_ok=True)


def _unfinished(con: duckdb.DuckDBPyConnection, sql: str, final: Path) -> tuple[Path, int]:
    """The rows under a name that nobody else uses, on this machine or another one."""
    final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = final.with_name(f".{final.name}.{os.getpid()}-{token_hex(4)}.tmp")
    try:
        copied = con.execute(f"COPY ({sql}) TO '{quoted(unfinished)}' ({_FORMAT})").fetchall()
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return unfinished, int(copied[0][0])


def write_spread(con: duckdb.DuckDBPyConnection, sql: str, folder: Path, key: str) -> None:
    """Write the rows of a SELECT in one pass into sub-folders, by the integer `key`; see
    `spread_part`. Scratch: no table that `scan` reads, and the order of rows is not kept.

    The folder takes its name when all is written. Files are small: buffers for every sub-folder at
    once fit into memory.
    """
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = folder.with_suffix(".tmp")
    shutil.rmtree(unfinished, ignore_errors=True)
    kept = con.execute("SELECT current_setting('preserve_insertion_order')").fetchall()[0][0]
    con.execute("SET preserve_insertion_order = false")
    con.execute(f"SET partitioned_write_flush_threshold = {SPREAD_ROWS}")
    try:
        con.execute(
            f"COPY (SELECT *, {key} AS spread FROM ({sql})) TO '{quoted(unfinished)}' "
            f"({_FORMAT}, PARTITION_BY (spread))"
        )
    finally:
        con.execute(f"SET preserve_insertion_order = {str(kept).lower()}")
    shutil.rmtree(folder, ignore_errors=True)  # of an earlier making of the same step
    unfinished.rename(folder)


def spread_part(folder: Path, part: int | None = None) -> str:
    """The rows of one part of what `write_spread` wrote (None: all), as something to SELECT from;
    "" where it has none. Its files stand there by name: what another machine has to bring."""
    below = folder if part is None else folder / f"spread={part}"
    named = ", ".join(f"'{quoted(file)}'" for file in sorted(below.rglob("*.parquet")))
    return f"read_parquet([{named}], hive_partitioning = false)" if named else ""


def sweep(file: Path) -> None:
    """Remove what was begun for a file of a table and never took its name."""
    for unfinished in file.parent.glob(f".{file.name}.*.tmp"):
        unfinished.unlink(missing_ok=True)


def _there(file: Path) -> bool:
    """Opened, because a network folder may remember for a minute that a file was there."""
    try:
        with file.open("rb"):
            return True
    except OSError:
        return False


def listed(sql: str) -> str:
    """The same SELECT with the files of each table by name instead of by pattern: what another
    machine sees of a folder may be some seconds old, and a file that it misses must fail."""

    def files(found: re.Match[str]) -> str:
        folder = Path(found[1].replace("''", "'"))
        parts = sorted(folder.glob("part-*.parquet"))
        named = ", ".join(f"'{quoted(part)}'" for part in parts)
        return f"read_parquet([{named}]" if parts else found[0]

    return _WHOLE.sub(files, sql)


def scan(table: Path) -> str:
    """A table as something to SELECT from.

    A name that starts with a dot is an unfinished file; the pattern leaves it out.
    """
    gone = sorted(table.glob("gone-*.parquet"))
    if not gone:
        return f"read_parquet('{quoted(table)}/part-*.parquet', union_by_name = true)"
    return f"({' UNION ALL BY NAME '.join(_generations(table, gone))})"


def _generations(table: Path, gone: list[Path]) -> list[str]:
    """One SELECT for all files to which the same later runs apply."""
    keys = pq.read_schema(gone[0]).names
    parts = sorted(table.glob("part-*.parquet"), key=lambda file: (generation(file), file.name))

    def later(part: Path) -> tuple[Path, ...]:
        return tuple(file for file in gone if generation(file) > generation(part))

    return [_without(list(files), after, keys) for after, files in groupby(parts, key=later)]


def generation(file: Path) -> int:
    """The number of the run of adding that wrote a file; -1 for the files of a full run."""
    found = _ADDED.fullmatch(file.name)
    return int(found[1]) if found else -1


def _without(files: list[Path], gone: tuple[Path, ...], keys: list[str]) -> str:
    rows = f"SELECT t.* FROM {_read(files)} AS t"
    if not gone:
        return rows
    same = " AND ".join(f't."{key}" = g."{key}"' for key in keys)
    return f"{rows} ANTI JOIN {_read(list(gone))} AS g ON {same}"


def _read(files: list[Path]) -> str:
    listed = ", ".join(f"'{quoted(file)}'" for file in files)
    return f"read_parquet([{listed}], union_by_name = true)"


def exists(table: Path) -> bool:
    """Whether at least one part of the table is there."""
    return table.is_dir() and any(table.glob("part-*.parquet"))


def count(con: duckdb.DuckDBPyConnection, table: Path) -> int:
    """Rows of a table."""
    return int(con.execute(f"SELECT count(*) FROM {scan(table)}").fetchall()[0][0])
