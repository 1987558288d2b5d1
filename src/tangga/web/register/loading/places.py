"""Where each family, person and record of a release belongs: asked for every row that is loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

import pyarrow as pa
import pyarrow.compute as pc

from tangga.web.register.loading.release import Release, ReleasedTable
from tangga.web.register.tables import NATION, Way

Texts = pa.Array | pa.ChunkedArray
BETWEEN = "\x1f"
"""Between the source and the id of a record, in one key of both."""


@dataclass(frozen=True)
class Lookup:
    """Values by key: keys are not null and stand once each."""

    keys: pa.Array
    values: pa.Array

    def __call__(self, wanted: Texts) -> Texts:
        """The value of each key; null for one that is not there."""
        return self.values.take(pc.index_in(wanted, value_set=self.keys))

    def knows(self, wanted: Texts) -> Texts:
        """Whether each key is there."""
        return pc.is_in(wanted, value_set=self.keys)


@dataclass
class Places:
    """Lookups of areas. root: where rows belong whose place is not known, NATION for everywhere."""

    families: Lookup
    persons: Lookup
    root: str
    _release: Release
    _records: Lookup | None = None
    _one_at_a_time: Lock = field(default_factory=Lock)

    @classmethod
    def of(cls, release: Release, root: str) -> Places:
        """From the families and persons of a release. root: '' for the nation."""
        root = root or NATION
        table = release.tables["families"].read(["family_id", "village"])
        families = Lookup(_one(table["family_id"]), _one(_filled(table["village"], root)))
        table = release.tables["persons"].read(["person_id", "family_id", "village"])
        own = pc.coalesce(families(_one(table["family_id"])), _one(_filled(table["village"], root)))
        return cls(families, Lookup(_one(table["person_id"]), own), root, release)

    def of_table(self, table: ReleasedTable) -> pa.Array:
        """The area of each row of a table, in the order of its file, by the first way that says it.

        Asked of whole columns: a lookup has to be made anew each time that it is asked.
        """
        found: pa.Array | None = None
        for way in table.storage.area:
            if not set(way.columns) <= set(table.columns):
                continue
            said = self._by(way, table)
            found = said if found is None else pc.coalesce(found, said)
            if not found.null_count:
                return found
        if found is None:
            return pa.repeat(pa.scalar(self.root), table.rows)
        return pc.fill_null(found, self.root)

    def _by(self, way: Way, table: ReleasedTable) -> pa.Array:
        rows = table.read(list(way.columns))
        columns = [_text(_one(rows[name])) for name in way.columns]
        match way.kind:
            case "own":
                return _nation(columns[0])
            case "family":
                return self.families(columns[0])
            case "person":
                return self.persons(columns[0])
            case "id":
                return pc.coalesce(self.persons(columns[0]), self.families(columns[0]))
            case "record":
                return self.records(record_key(*columns))
        raise AssertionError(way.kind)  # tables.py reads no other kind

    @property
    def records(self) -> Lookup:
        """The area of the person that each source record speaks of."""
        with self._one_at_a_time:
            return self._records or self._read_records()

    def _read_records(self) -> Lookup:
        table = self._release.tables["crosswalk"].read(["source", "source_id", "person_id"])
        key = record_key(_one(table["source"]), _one(table["source_id"]))
        self._records = Lookup(key, self.persons(_one(table["person_id"])))
        return self._records


def record_key(source: Texts, number: Texts) -> Texts:
    """One key of a record: its source and its id there."""
    return pc.binary_join_element_wise(source, number, BETWEEN)


def _filled(area: Texts, root: str) -> Texts:
    return pc.fill_null(_text(_one(area)), root)


def _nation(area: Texts) -> Texts:
    """A row of the whole country says '' of itself."""
    return pc.if_else(pc.equal(area, ""), NATION, area)


def _one(column: Texts) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _text(column: pa.Array) -> pa.Array:
    return column.cast(pa.string()) if column.type != pa.string() else column
