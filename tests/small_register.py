"""Small registers by hand: rows in, a finished resolve stage out, tables as lists of dicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import md5
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tangga.engine import resolve, tables
from tangga.engine.context import Context
from tangga.registry.load import load_pack

AS_OF = date(2026, 1, 31)
META = {
    "rid": pa.int64(),
    "source": pa.string(),
    "source_id": pa.string(),
    "source_family_id": pa.string(),
    "kind": pa.string(),
    "role": pa.string(),
    "as_of": pa.date32(),
    "trust": pa.int32(),
    "latest": pa.bool_(),
    "file": pa.string(),
    "line": pa.int64(),
}
ARROW = {int: pa.int64(), str: pa.string(), bool: pa.bool_(), date: pa.date32()}
ARROW[datetime] = pa.timestamp("us")
RECORD_COLUMNS = ("nik", "kk", "name", "sex", "birth_date", "relation", "village", "status")


def key(source: str, source_id: str) -> int:
    """A record's key, made as standardise makes it."""
    digest = md5(f"{source}\x1f{source_id}".encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:8], "little") >> 1


def row(source: str, source_id: str, **values: Any) -> dict[str, Any]:
    """A standardised row; `family` is the source's own family id."""
    base = {
        "rid": key(source, source_id),
        "source": source,
        "source_id": source_id,
        "source_family_id": values.pop("family", None),
        "kind": "people",
        "role": None,
        "as_of": date(2025, 1, 1),
        "trust": 0,
        "latest": True,
        "file": "by hand",
        "line": 1,
    }
    return {**base, **values}


@dataclass
class Register:
    """A finished run."""

    folder: Path

    def table(self, name: str) -> list[dict[str, Any]]:
        """A table of the resolve stage, in its order."""
        found = duckdb.sql(f"SELECT * FROM {tables.scan(self.folder / 'resolve' / name)}")
        return found.to_arrow_table().to_pylist()

    def person(self, source_id: str) -> str:
        """The person id of a record, by its source id (unique in these tests)."""
        return self._crosswalk()[source_id][0]

    def family(self, source_id: str) -> str | None:
        """The programme family of a record."""
        return self._crosswalk()[source_id][1]

    def together(self) -> set[frozenset[str]]:
        """Source ids grouped by programme family; those without one stand alone."""
        groups: dict[str, set[str]] = {}
        for source_id, (person, family) in self._crosswalk().items():
            groups.setdefault(family or person, set()).add(source_id)
        return {frozenset(group) for group in groups.values()}

    def value(self, source_id: str, column: str) -> Any:
        """What is believed about the person of a record."""
        person = self.person(source_id)
        return next(p[column] for p in self.table("persons") if p["person_id"] == person)

    def memberships(self, source_id: str, kind: str) -> list[dict[str, Any]]:
        """The person's memberships of one kind, in order of time."""
        person = self.person(source_id)
        rows = [m for m in self.table("memberships") if m["person_id"] == person]
        return [m for m in rows if m["kind"] == kind]

    def _crosswalk(self) -> dict[str, tuple[str, str | None]]:
        return {c["source_id"]: (c["person_id"], c["family_id"]) for c in self.table("crosswalk")}


@dataclass
class Given:
    """What a run is made from. people: (source ids) that are one person, by any name."""

    records: list[dict[str, Any]]
    people: Mapping[str, Iterable[str]]
    others: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def resolve_by_hand(
    folder: Path,
    given: Given,
    *,
    previous: Path | None = None,
    parts: int = 1,
    threads: int = 1,
) -> Register:
    """Write the tables that resolve reads, and run it."""
    _write(folder / "standardise" / "records", given.records, RECORD_COLUMNS)
    _write_names(folder / "standardise" / "names", given)
    for kind, rows in given.others.items():
        _write(folder / "standardise" / kind, rows, ())
    _write_clusters(folder / "link" / "clusters", given)
    workspace = SimpleNamespace(pack=load_pack("indonesia"), as_of=AS_OF, dir=folder, sources=())
    context = Context(workspace, folder, previous=previous, parts=parts, threads=threads)
    resolve.run(context)
    return Register(folder)


def _write(folder: Path, rows: list[dict[str, Any]], always: Iterable[str]) -> None:
    folder.mkdir(parents=True)
    names = dict.fromkeys([*META, *always, *(n for r in rows for n in r)])
    types = {name: META.get(name) or _type(name, rows) for name in names}
    columns = {n: pa.array([r.get(n) for r in rows], type=types[n]) for n in names}
    pq.write_table(pa.table(columns), tables.part_file(folder, 0))


def _type(name: str, rows: list[dict[str, Any]]) -> pa.DataType:
    if name == "birth_date":
        return pa.date32()
    values = [r[name] for r in rows if r.get(name) is not None]
    return ARROW[type(values[0])] if values else pa.string()


def _write_names(folder: Path, given: Given) -> None:
    folder.mkdir(parents=True)
    rows = [*given.records, *(r for rows in given.others.values() for r in rows)]
    names = sorted({r["name"] for r in rows if r.get("name")})
    table = pa.table(
        {
            "name": pa.array(names, pa.string()),
            "name_clean": pa.array([n.upper() for n in names], pa.string()),
            "skeleton": pa.array([n.upper() for n in names], pa.string()),
        }
    )
    pq.write_table(table, tables.part_file(folder, 0))


def _write_clusters(folder: Path, given: Given) -> None:
    folder.mkdir(parents=True)
    rids = {r["source_id"]: r["rid"] for r in given.records if r["latest"]}
    named = {s for ids in given.people.values() for s in ids}
    groups = [[rids[s] for s in dict.fromkeys(ids) if s in rids] for ids in given.people.values()]
    groups += [[rid] for s, rid in rids.items() if s not in named]
    rows = sorted((min(group), rid) for group in groups if group for rid in group)
    table = pa.table(
        {
            "rid": pa.array([rid for _, rid in rows], pa.int64()),
            "cluster": pa.array([cluster for cluster, _ in rows], pa.int64()),
        }
    )
    pq.write_table(table, tables.part_file(folder, 0))
