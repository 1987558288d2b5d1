"""What can only be asked of the rows of a release: keys, ids and areas. Told in numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from tangga.registry.areas import Areas
from tangga.web.register.loading.findings import Finding
from tangga.web.register.loading.places import Located, Places
from tangga.web.register.loading.release import Release, ReleasedTable
from tangga.web.register.tables import NATION

AREAS = ("village", "area", "of_area", "from_area", "to_area")


def check_table(
    table: ReleasedTable, located: Located, areas: Areas, pattern: str
) -> list[Finding]:
    """Every finding of a table. pattern: what an unmasked national number looks like."""
    return [*_keys(table), *_ids(table, located), *_areas(table, areas), *_unmasked(table, pattern)]


def check_place(release: Release, places: Places) -> list[Finding]:
    """Families that live outside of the area of this service."""
    if places.root == NATION:
        return []
    inside = pc.starts_with(places.families.values, pattern=places.root)
    outside = pc.sum(pc.invert(inside)).as_py() or 0
    what = (
        f"families live outside of the area of this service ({places.root}): it is another "
        "office's release, or TANGGA_ROOT_AREA is not this office's"
    )
    return [Finding(release.tables["families"].file.name, what, outside)] if outside else []


def _keys(table: ReleasedTable) -> Iterator[Finding]:
    asked = table.storage.unique or (table.key if table.unique else ())
    key = [name for name in asked if name in table.columns]
    if not key or table.rows < 2:
        return
    rows = table.read(key)
    if _ascending(rows):
        return
    different = rows.group_by(key).aggregate([]).num_rows
    if different < rows.num_rows:
        what = f"rows have a key ({', '.join(key)}) that another row has"
        yield Finding(table.file.name, what, rows.num_rows - different)


def _ascending(rows: pa.Table) -> bool:
    """Whether each row comes after the one before it, NULL first: then no two are the same.

    That is how a release is written; to ask it is ten times cheaper than to count what differs.
    """
    later = same = None
    for column in rows.columns:
        values = column.combine_chunks()
        if pa.types.is_floating(values.type):
            return False
        before, after = values.slice(0, len(values) - 1), values.slice(1)
        rises = pc.fill_null(pc.less(before, after), False)
        equal = pc.fill_null(pc.equal(before, after), False)
        if values.null_count:
            no_before, no_after = pc.is_null(before), pc.is_null(after)
            rises = pc.or_(rises, pc.and_(no_before, pc.invert(no_after)))
            equal = pc.or_(equal, pc.and_(no_before, no_after))
        later = rises if later is None else pc.or_(later, pc.and_(same, rises))
        same = equal if same is None else pc.and_(same, equal)
        if pc.all(later).as_py():
            return True
    return False


def _ids(table: ReleasedTable, located: Located) -> Iterator[Finding]:
    for column, lost in located.lost.items():
        if lost:
            owner = "persons" if column.endswith("person_id") else "families"
            yield Finding(table.file.name, f"values of {column} are in no row of {owner}", lost)


def _areas(table: ReleasedTable, areas: Areas) -> Iterator[Finding]:
    for column in AREAS:
        if column not in table.columns:
            continue
        codes = pc.unique(_texts(table, column)).to_pylist()
        strange = [code for code in codes if code and code not in areas.by_code]
        if strange:
            what = f"codes of {column} are areas that this pack does not know"
            yield Finding(table.file.name, what, len(strange))


def _unmasked(table: ReleasedTable, pattern: str) -> Iterator[Finding]:
    for column in sorted(table.storage.masked & set(table.columns)):
        if not pattern:
            return
        found = pc.match_substring_regex(_texts(table, column), pattern=pattern)
        many = pc.sum(found).as_py() or 0
        if many:
            yield Finding(table.file.name, f"values of {column} should be masked", many)


def _texts(table: ReleasedTable, column: str) -> pa.ChunkedArray:
    return table.read([column])[column].cast(pa.string())
