"""What can only be asked of the rows of a release: keys, ids and areas. Told in numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from tangga.registry.areas import Areas
from tangga.web.register.loading.findings import Finding
from tangga.web.register.loading.places import Places
from tangga.web.register.loading.release import Release, ReleasedTable
from tangga.web.register.tables import NATION

AREAS = ("village", "area", "of_area", "from_area", "to_area")
FOREIGN = ("base_", "source_")
"""Ids that another register gave begin so."""


def check_rows(release: Release, places: Places, areas: Areas, pattern: str) -> list[Finding]:
    """Every finding of every table. pattern: what an unmasked national number looks like."""
    findings: list[Finding] = []
    for table in release.tables.values():
        findings += _keys(table)
        findings += _ids(table, places)
        findings += _areas(table, areas)
        findings += _unmasked(table, pattern)
    return [*findings, *_outside(release, places)]


def _keys(table: ReleasedTable) -> Iterator[Finding]:
    key = [name for name in table.key if name in table.columns]
    if not key or not (table.unique or table.storage.unique) or table.rows < 2:
        return
    key = list(table.storage.unique) or key
    rows = table.read(key)
    if len(key) == 1:
        different = pc.count_distinct(rows[key[0]], mode="all").as_py()
    else:
        different = rows.group_by(key).aggregate([]).num_rows
    if different < rows.num_rows:
        what = f"rows have a key ({', '.join(key)}) that another row has"
        yield Finding(table.file.name, what, rows.num_rows - different)


def _ids(table: ReleasedTable, places: Places) -> Iterator[Finding]:
    for column in table.columns:
        known = _owner(column, places)
        if known is None or (table.name, column) in (
            ("persons", "person_id"),
            ("families", "family_id"),
        ):
            continue
        ids = _texts(table, column)
        lost = pc.sum(pc.and_(pc.is_valid(ids), pc.invert(known(ids)))).as_py() or 0
        if lost:
            owner = "persons" if column.endswith("person_id") else "families"
            yield Finding(table.file.name, f"values of {column} are in no row of {owner}", lost)


def _owner(column: str, places: Places):  # type: ignore[no-untyped-def]
    if column.startswith(FOREIGN):
        return None
    if column.endswith("person_id"):
        return places.persons.knows
    return places.families.knows if column.endswith("family_id") else None


def _areas(table: ReleasedTable, areas: Areas) -> Iterator[Finding]:
    for column in set(AREAS) & set(table.columns):
        strange = [
            code
            for code in pc.unique(_texts(table, column)).to_pylist()
            if code and code not in areas.by_code
        ]
        if strange:
            what = f"codes of {column} are areas that this pack does not know"
            yield Finding(table.file.name, what, len(strange))


def _outside(release: Release, places: Places) -> Iterator[Finding]:
    """Families that live outside of the area of this service."""
    if places.root == NATION:
        return
    inside = pc.starts_with(places.families.values, pattern=places.root)
    outside = pc.sum(pc.invert(inside)).as_py() or 0
    if outside:
        what = f"families live outside of the area of this service ({places.root})"
        yield Finding(release.tables["families"].file.name, what, outside)


def _unmasked(table: ReleasedTable, pattern: str) -> Iterator[Finding]:
    for column in table.storage.masked & set(table.columns):
        if not pattern:
            return
        found = pc.match_substring_regex(_texts(table, column), pattern=pattern)
        many = pc.sum(found).as_py() or 0
        if many:
            yield Finding(table.file.name, f"values of {column} should be masked", many)


def _texts(table: ReleasedTable, column: str) -> pa.ChunkedArray:
    return table.read([column])[column].cast(pa.string())
