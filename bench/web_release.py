"""A large release made of a small one: the same people again and again under other numbers.

    python -m bench.web_release OUT --source RELEASE --people 1000000

Each copy of everybody gets ids, national numbers, record numbers and names of its own, and lives
in other villages of the same regency: as many provinces and regencies as the source has. Tables of
areas stay as they are. The manifest says what was written, so that the loader checks it as any
other.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tangga.registry.areas import Areas, load_areas
from tangga.registry.load import load_pack

MANIFEST = "manifest.json"
NUMBERS = ("nik", "kk", "card")
RECORDS = ("source_id", "left_id", "right_id")
ONCE = ("workers", "corrections", "lineage", "capacity_hours")
SORTED_IN = "3GB"
STEP = 7
"""By how many villages the people of each further copy live further on."""


@dataclass(frozen=True)
class Numbers:
    """Beginnings of national numbers, each with a place in the list: one of its own a copy."""

    beginnings: dict[str, int]

    @classmethod
    def of(cls, source: Path) -> Numbers:
        """Of all numbers in the families, persons and memberships of a release."""
        found: set[str] = set()
        for table in ("persons", "families", "memberships", "spells"):
            file = pq.ParquetFile(source / f"{table}.parquet")
            for name in set(NUMBERS) & set(file.schema_arrow.names):
                column = file.read([name])[name]
                found |= set(pc.unique(pc.utf8_slice_codeunits(column, 0, 6)).to_pylist())
        return cls({each: at for at, each in enumerate(sorted(found - {None}))})

    def again(self, column: pa.ChunkedArray, copy: int) -> pa.ChunkedArray:
        """The same numbers with other beginnings: as many different ones as before."""
        first = pc.utf8_slice_codeunits(column, 0, 6)
        known = pa.array(list(self.beginnings), pa.string())
        many = len(known)
        new = pa.array([f"{100_000 + copy * many + at:06d}" for at in range(many)], pa.string())
        begun = new.take(pc.index_in(first, value_set=known).combine_chunks())
        rest = pc.utf8_slice_codeunits(column, 6).combine_chunks()
        return pc.binary_join_element_wise(begun, rest, "")


@dataclass(frozen=True)
class Villages:
    """Where the people of each village live in each copy."""

    areas: Areas

    def again(self, column: pa.ChunkedArray, copy: int) -> pa.ChunkedArray:
        """Codes of villages moved on within their regency; other codes stay."""
        regency = self.areas.lengths["regency"]
        given = pc.unique(column).to_pylist()
        moved = {}
        for code in given:
            near = self.areas.under(code[:regency], "village") if code else []
            at = near.index(code) if code in near else None
            moved[code] = code if at is None else near[(at + copy * STEP) % len(near)]
        keys, values = pa.array(given, pa.string()), pa.array(list(moved.values()), pa.string())
        return values.take(pc.index_in(column, value_set=keys).combine_chunks())


@dataclass(frozen=True)
class Copier:
    """How each column of a table becomes that of a further copy."""

    numbers: Numbers
    villages: Villages
    rows: int

    def again(self, table: pa.Table, copy: int) -> pa.Table:
        """A table's rows in copy number `copy`; number 0 is the source itself."""
        if copy == 0:
            return table
        for at, name in enumerate(table.column_names):
            changed = self._column(name, table, copy)
            if changed is not None:
                changed = changed.cast(table.schema.field(at).type)
                table = table.set_column(at, table.schema.field(at), changed)
        return table

    def _column(self, name: str, table: pa.Table, copy: int) -> Any:
        column = table[name]
        if name in RECORDS:
            return pc.binary_join_element_wise(column, pa.scalar(str(copy)), "-")
        if name.endswith(("family_id", "person_id")) and not name.startswith("base_"):
            return pc.utf8_replace_slice(column, 1, 4, f"{copy:03X}")
        if name in NUMBERS:
            return None if _masked(column) else self.numbers.again(column, copy)
        if name == "village":
            return self.villages.again(column, copy)
        if name == "name" and not _masked(column):
            return _other_names(column, copy)
        if name == "position":
            return pc.add(column, copy * self.rows)
        if name == "record" or (name.startswith("won_") and pa.types.is_int64(column.type)):
            return pc.bit_wise_xor(column, pa.scalar(copy << 40, pa.int64()))
        return None


def _masked(column: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.match_substring(column, "*")).as_py())


def _other_names(column: pa.ChunkedArray, copy: int) -> pa.Array:
    """The first word of one name, the rest of another."""
    names = [name or "" for name in column.to_pylist()]
    many = len(names)
    mixed = []
    for at, name in enumerate(names):
        rest = names[(at + copy * 1009) % many].partition(" ")[2]
        mixed.append(" ".join(filter(None, (name.partition(" ")[0], rest))) or None)
    return pa.array(mixed, pa.string())


def make(out: Path, source: Path, people: int) -> Path:
    """Write a release of at least so many people into `out`; returns `out`."""
    said = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
    copies = -(-people // said["tables"]["persons"]["rows"])
    villages = Villages(load_areas(load_pack(said["pack"]["name"]).dir))
    numbers = Numbers.of(source)
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, table in said["tables"].items():
        copier = Copier(numbers, villages, table["rows"])
        repeated = copies if _of_people(name, table) else 1
        file = out / table["file"]
        order = table["key"] if table["unique"] and repeated > 1 else []
        table["rows"] = _write(source / table["file"], file, copier, repeated, order)
        table["bytes"], table["sha256"] = file.stat().st_size, _sha256(file)
    said["release"] = f"{said['as_of']}-bench-{copies:05d}"
    text = json.dumps(said, indent=2, ensure_ascii=False, sort_keys=True)
    (out / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return out


def _of_people(name: str, table: dict[str, Any]) -> bool:
    named = [*RECORDS, "family_id", "person_id", "record"]
    return name not in ONCE and any(column in table["columns"] for column in named)


def _write(source: Path, out: Path, copier: Copier, copies: int, order: list[str]) -> int:
    """All copies in the order of the key, as the engine writes a release; returns the rows.

    One copy is held in memory at a time, and sorted on disk: of three million people the largest
    table is 28 million rows.
    """
    table = pq.read_table(source)
    unsorted = out.with_suffix(".unsorted") if order else out
    with pq.ParquetWriter(unsorted, table.schema, compression="zstd", compression_level=1) as file:
        for copy in range(copies):
            file.write_table(copier.again(table, copy), row_group_size=100_000)
    if order:
        _sort(unsorted, out, order)
        unsorted.unlink()
    return int(table.num_rows * copies)


def _sort(source: Path, out: Path, order: list[str]) -> None:
    """The same rows by these columns, byte by byte, NULL first."""
    by = ", ".join(f'"{name}" NULLS FIRST' for name in order)
    form = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 100000"
    with duckdb.connect(config={"memory_limit": SORTED_IN, "threads": 2}) as con:
        con.execute("SET temp_directory = ?", [str(out.parent / "spill")])
        rows = f"SELECT * FROM read_parquet('{source}') ORDER BY {by}"
        con.execute(f"COPY ({rows}) TO '{out}' ({form})")


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def main() -> None:
    """Read the arguments, write the release, say where."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--people", type=int, default=1_000_000)
    given = parser.parse_args()
    print(make(given.out, given.source, given.people))


if __name__ == "__main__":
    main()
