"""Whether a release is what it says it is: asked before it is in force, by whoever loads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from tangga.engine.connection import quoted
from tangga.engine.publish.release import MANIFEST
from tangga.errors import UserError
from tangga.hashing import sha256
from tangga.registry.areas import Areas
from tangga.registry.privacy import PRIVACY_LABELS

AREA_COLUMNS = ("village", "area")
OWNERS = {"person_id": "persons", "family_id": "families"}
"""A column that ends so holds ids of this table."""


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
    counts = {"rows": "count(*)"} | _repeated(table, source) | _lost(folder, said, table)
    asked = ", ".join(f"{one} AS n{at}" for at, one in enumerate(counts.values()))
    found = con.execute(f"SELECT {asked} FROM {source}").fetchall()[0]
    for (told, _), n in zip(counts.items(), found, strict=True):
        if told == "rows" and n != table["rows"]:
            yield f"does not hold {table['rows']} rows"
        elif told != "rows" and n:
            yield f"{n} {told}"
    if areas is not None:
        yield from _unknown_areas(con, source, table, areas)


def _repeated(table: dict[str, Any], source: str) -> dict[str, str]:
    """What is told of keys that stand more than once -> how many there are, in SQL."""
    if not table["unique"] or not table["key"]:
        return {}
    key = ", ".join(f'"{name}"' for name in table["key"])
    twice = f"SELECT 1 FROM {source} GROUP BY {key} HAVING count(*) > 1"
    return {f"keys ({key}) stand more than once": f"(SELECT count(*) FROM ({twice}))"}


def _lost(folder: Path, said: dict[str, Any], table: dict[str, Any]) -> dict[str, str]:
    """What is told of ids that their table lacks -> how many there are, in SQL."""
    found = {}
    for name in table["columns"]:
        owner = next((t for end, t in OWNERS.items() if name.endswith(end)), None)
        if owner is None or owner not in said["tables"] or _foreign(name):
            continue
        own = next(end for end, t in OWNERS.items() if t == owner)
        if said["tables"][owner]["file"] == table["file"] and name == own:
            continue
        known = f"(SELECT {own} AS id FROM {_scan(folder, said['tables'][owner])})"
        lost = f'(SELECT "{name}" AS id FROM {_scan(folder, table)} WHERE "{name}" IS NOT NULL)'
        found[f"values of {name} are in no row of {owner}"] = (
            f"(SELECT count(*) FROM {lost} AS a ANTI JOIN {known} AS b USING (id))"
        )
    return found


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
