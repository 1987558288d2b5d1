"""What a run holds, as fingerprints: of the rows in whatever order, or of the bytes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import duckdb

from tangga.engine import tables

STAGES = ("standardise", "link", "resolve")
RECEIVED = {"file", "line"}


def folders(run: Path) -> dict[str, Path]:
    """`stage/table` -> folder of every table from standardise on."""
    found = [f for stage in STAGES for f in sorted((run / stage).iterdir()) if tables.exists(f)]
    return {f"{f.parent.name}/{f.name}": f for f in found}


def rows(run: Path) -> dict[str, str]:
    """`stage/table` -> hash of its columns and rows, sorted; `file` and `line` apart."""
    with duckdb.connect() as con:
        return {name: _rows(con, folder) for name, folder in folders(run).items()}


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
