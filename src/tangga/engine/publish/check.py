"""Whether a release is what it says it is: asked before it is in force, by whoever loads it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tangga.engine.connection import quoted
from tangga.engine.publish.pieces import room
from tangga.engine.publish.release import MANIFEST
from tangga.errors import UserError
from tangga.hashing import sha256
from tangga.registry.areas import Areas
from tangga.registry.privacy import PRIVACY_LABELS

AREA_COLUMNS = ("village", "area")
OWNERS = {"person_id": "persons", "family_id": "families"}
"""A column that ends so holds ids of this table."""
PIECE = "{piece}"
OF_KEY = 200
"""Bytes of memory that a key needs while those that stand twice, or nowhere, are looked for."""


class BrokenRelease(UserError):
    """A release that is not whole, or that contradicts itself."""


def read_release(folder: Path) -> dict[str, Any]:
    """The manifest of a release; BrokenRelease where there is none."""
    try:
        said: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BrokenRelease("no release here", file=folder, todo="Publish one") from error
    return said


def check_release(folder: Path, areas: Areas | None = None, con: Any = None) -> dict[str, Any]:
    """Check hashes, rows, columns, classes, keys, ids and areas; returns the manifest.

    areas: of the pack; None: areas are not looked up. BrokenRelease names every fault, no value.
    """
    said = read_release(folder)
    faults = [
        fault for name, table in said["tables"].items() for fault in _file(folder, name, table)
    ]
    faults += _strangers(folder, said)
    if not faults:
        own = con or duckdb.connect(":memory:")
        for name, table in said["tables"].items():
            faults += [f"{name}: {fault}" for fault in _rows(own, folder, said, table, areas)]
        if con is None:
            own.close()
    if faults:
        todo = "Do not load it; publish it again: tangga run DIR --full"
        raise BrokenRelease("\n".join(["broken release", *faults]), file=folder, todo=todo)
    return said


def _file(folder: Path, name: str, table: dict[str, Any]) -> Iterator[str]:
    file = folder / table["file"]
    if not file.is_file():
        yield f"{name}: {table['file']} is missing"
    elif file.stat().st_size != table["bytes"] or sha256(file) != table["sha256"]:
        yield f"{name}: {table['file']} is not the file that was published (sha256)"
    for column, about in table["columns"].items():
        if about.get("privacy") not in PRIVACY_LABELS:
            yield f"{name}: column {column} has no privacy class"


def _strangers(folder: Path, said: dict[str, Any]) -> list[str]:
    known = {table["file"] for table in said["tables"].values()} | {MANIFEST}
    found = sorted(f.name for f in folder.iterdir() if f.name not in known)
    return [f"{name}: no file of this release" for name in found]


def _rows(
    con: Any, folder: Path, said: dict[str, Any], table: dict[str, Any], areas: Areas | None
) -> Iterator[str]:
    source = _scan(folder, table)
    described = con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    if {row[0]: row[1] for row in described} != {
        name: about["type"] for name, about in table["columns"].items()
    }:
        yield "its columns are not those that the manifest lists"
        return
    if _how_many(con, source) != table["rows"]:
        yield f"does not hold {table['rows']} rows"
    for one in (*_repeated(table, source), *_lost(folder, said, table)):
        if n := _counted(con, one):
            yield f"{n} {one.told}"
    if areas is not None:
        yield from _unknown_areas(con, source, table, areas)


@dataclass(frozen=True)
class _Count:
    """Rows that should not be. told: what is said of them; sql: how many there are among those of
    one piece (PIECE, a condition on `key`); held: from where as many keys are read as it holds."""

    told: str
    sql: str
    key: str
    held: str


def _counted(con: duckdb.DuckDBPyConnection, count: _Count) -> int:
    """How many there are, of one piece of the keys after another where all need too much memory."""
    pieces = max(1, math.ceil(_how_many(con, count.held) * OF_KEY / room(con)))
    every = [f"hash({count.key}) % {pieces} = {n}" for n in range(pieces)]
    asked = (count.sql.replace(PIECE, one) for one in (every if pieces > 1 else ["TRUE"]))
    return sum(int(con.execute(sql).fetchall()[0][0]) for sql in asked)


def _how_many(con: duckdb.DuckDBPyConnection, source: str) -> int:
    """Rows as they stand in the file, whatever is said of them."""
    return int(con.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0])


def _repeated(table: dict[str, Any], source: str) -> Iterator[_Count]:
    """Keys that stand more than once."""
    if not table["unique"] or not table["key"]:
        return
    key = ", ".join(f'"{name}"' for name in table["key"])
    twice = f"SELECT 1 FROM {source} WHERE {PIECE} GROUP BY {key} HAVING count(*) > 1"
    told = f"keys ({key}) stand more than once"
    yield _Count(told, f"SELECT count(*) FROM ({twice})", key, source)


def _lost(folder: Path, said: dict[str, Any], table: dict[str, Any]) -> Iterator[_Count]:
    """Ids that their table lacks."""
    for name in table["columns"]:
        own, owner = next(((end, t) for end, t in OWNERS.items() if name.endswith(end)), ("", ""))
        if owner not in said["tables"] or _foreign(name):
            continue
        whose = said["tables"][owner]
        if whose["file"] == table["file"] and name == own:
            continue
        owned = _scan(folder, whose)
        known = f"(SELECT {own} AS id FROM {owned})"
        lost = f'(SELECT "{name}" AS id FROM {_scan(folder, table)} WHERE "{name}" IS NOT NULL)'
        anti = (
            f"SELECT count(*) FROM (SELECT * FROM {lost} WHERE {PIECE}) AS a "
            f"ANTI JOIN (SELECT * FROM {known} WHERE {PIECE}) AS b USING (id)"
        )
        yield _Count(f"values of {name} are in no row of {owner}", anti, "id", owned)


def _foreign(name: str) -> bool:
    """Ids that another register gave."""
    return name.startswith(("base_", "source_"))


def _unknown_areas(con: Any, source: str, table: dict[str, Any], areas: Areas) -> Iterator[str]:
    for name in set(table["columns"]) & set(AREA_COLUMNS):
        found = con.execute(f'SELECT DISTINCT "{name}" FROM {source} WHERE "{name}" <> \'\'')
        unknown = [row[0] for row in found.fetchall() if row[0] not in areas.by_code]
        if unknown and areas.by_code:
            yield f"{len(unknown)} areas of {name} are not among the pack's areas"


def _scan(folder: Path, table: dict[str, Any]) -> str:
    return f"read_parquet('{quoted(folder / table['file'])}')"
