"""What a run holds, as fingerprints: of the rows in whatever order, or of the bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from tangga.engine import tables

STAGES = ("standardise", "link", "resolve")
EVERY = ("ingest", *STAGES, "rank", "plan", "publish")
RECEIVED = {"file", "line"}


def folders(run: Path, stages: Sequence[str] = STAGES) -> dict[str, Path]:
    """`stage/table` -> folder of every table of these stages."""
    found = [f for stage in stages for f in sorted((run / stage).rglob("*")) if tables.exists(f)]
    return {f.relative_to(run).as_posix(): f for f in found}


def rows(run: Path, stages: Sequence[str] = STAGES) -> dict[str, str]:
    """`stage/table` -> hash of its columns and rows, sorted; `file` and `line` apart."""
    with duckdb.connect() as con:
        return {name: _rows(con, folder) for name, folder in folders(run, stages).items()}


def _rows(con: duckdb.DuckDBPyConnection, folder: Path) -> str:
    scan = tables.scan(folder)
    types = con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    kept = [f'"{row[0]}"' for row in types if row[0] not in RECEIVED]
    found = con.execute(f"SELECT {', '.join(kept)} FROM {scan} ORDER BY ALL").fetchall()
    return _hash("\n".join(map(repr, [kept, *found])).encode())


def contents(run: Path) -> dict[str, str]:
    """`stage/table/part` -> hash of its bytes."""
    return {
        f"{name}/{part.name}": _hash(part.read_bytes())
        for name, folder in folders(run).items()
        for part in sorted(folder.iterdir())
    }


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def different(one: dict[str, str], two: dict[str, str]) -> list[str]:
    """What both hold and hold differently."""
    return sorted(name for name in one.keys() & two.keys() if one[name] != two[name])


def unfinished(run: Path) -> list[str]:
    """Files that a step left half-written."""
    return [p.name for p in run.rglob("*") if re.match(r"\..*\.tmp$", p.name)]
