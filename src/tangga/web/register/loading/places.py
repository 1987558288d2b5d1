"""Where each family, person and record of a release belongs: asked for every row that is loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

import pyarrow as pa
import pyarrow.compute as pc

from tangga.web.register.loading.release import Release, ReleasedTable
from tangga.web.register.tables import NATION, Way

BETWEEN = "\x1f"
"""Between the source and the id of a record, in one key of both."""

FEW = 8
"""A lookup of less than this part of the keys looks for these alone."""

FOREIGN = ("base_", "source_")
"""Ids that another register gave begin so."""

OWN = (("persons", "person_id"), ("families", "family_id"))
"""Where ids come from."""


@dataclass(frozen=True)
class Lookup:
    """Values by key: neither is ever null, and a key stands once."""

    keys: pa.Array
    values: pa.Array

    def __call__(self, wanted: pa.Array) -> pa.Array:
        """The value of each key; null for null, and for one that is not there."""
        keys, values = self.keys, self.values
        if len(wanted) * FEW < len(keys):
            # To put all keys into a table of hashes would take longer than to look for these.
            there = pc.is_in(keys, value_set=wanted)
            keys, values = keys.filter(there), values.filter(there)
        return values.take(pc.index_in(wanted, value_set=keys, skip_nulls=True))


@dataclass(frozen=True)
class Located:
    """The area of each row of a table; and of its columns of ids, how many are nobody's."""

    areas: pa.Array
    lost: dict[str, int]


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
        homes = pc.fill_null(_text(table, "village"), root)
        families = Lookup(_text(table, "family_id"), homes)
        table = release.tables["persons"].read(["person_id", "family_id", "village"])
        own = pc.fill_null(_text(table, "village"), root)
        shared = families(_text(table, "family_id"))
        return cls(
            families, Lookup(_text(table, "person_id"), pc.coalesce(shared, own)), root, release
        )

    def locate(self, table: ReleasedTable) -> Located:
        """The rows of a table in the order of its file, by the first way that says their place.

        Asked of whole columns: a lookup has to be made anew each time that it is asked.
        """
        asked = _Asked(self, table)
        lost = {name: asked.lost(name) for name in table.columns if self.owner(name)}
        return Located(self._areas(table, asked), lost)

    def _areas(self, table: ReleasedTable, asked: _Asked) -> pa.Array:
        found: pa.Array | None = None
        for way in table.storage.area:
            if not set(way.columns) <= set(table.columns):
                continue
            said = self._by(way, asked)
            found = said if found is None else pc.coalesce(found, said)
            if not found.null_count:
                return found
        if found is None:
            return pa.repeat(pa.scalar(self.root), table.rows)
        return pc.fill_null(found, self.root)

    def _by(self, way: Way, asked: _Asked) -> pa.Array:
        name = way.columns[0]
        match way.kind:
            case "own":
                area = asked.column(name)
                return pc.if_else(pc.equal(area, ""), NATION, area)
            case "family":
                return asked.of(name, self.families)
            case "person":
                return asked.of(name, self.persons)
            case "id":
                ids = asked.column(name)
                return pc.coalesce(self.persons(ids), self.families(ids))
            case "record":
                return self.records(record_key(*map(asked.column, way.columns)))
        raise AssertionError(way.kind)  # tables.py reads no other kind

    def owner(self, column: str) -> Lookup | None:
        """Whose ids a column holds, by its name."""
        if column.startswith(FOREIGN):
            return None
        if column.endswith("person_id"):
            return self.persons
        return self.families if column.endswith("family_id") else None

    @property
    def records(self) -> Lookup:
        """The area of the person that each source record speaks of."""
        with self._one_at_a_time:
            if self._records is None:
                table = self._release.tables["crosswalk"].read(["source", "source_id", "person_id"])
                key = record_key(_text(table, "source"), _text(table, "source_id"))
                areas = pc.fill_null(self.persons(_text(table, "person_id")), self.root)
                self._records = Lookup(key, areas)
            return self._records


@dataclass
class _Asked:
    """Columns of one table, each read and looked up once."""

    places: Places
    table: ReleasedTable
    _columns: dict[str, pa.Array] = field(default_factory=dict)
    _found: dict[str, pa.Array] = field(default_factory=dict)

    def column(self, name: str) -> pa.Array:
        if name not in self._columns:
            self._columns[name] = _text(self.table.read([name]), name)
        return self._columns[name]

    def of(self, name: str, lookup: Lookup) -> pa.Array:
        if name not in self._found:
            self._found[name] = lookup(self.column(name))
        return self._found[name]

    def lost(self, name: str) -> int:
        """How many ids of a column stand in no row of their owner."""
        lookup = self.places.owner(name)
        if lookup is None or (self.table.name, name) in OWN:
            return 0
        return int(self.of(name, lookup).null_count - self.column(name).null_count)


def record_key(source: pa.Array, number: pa.Array) -> pa.Array:
    """One key of a record: its source and its id there."""
    return pc.binary_join_element_wise(source, number, BETWEEN)


def _text(table: pa.Table, name: str) -> pa.Array:
    column = table[name].combine_chunks()
    return column if column.type == pa.string() else column.cast(pa.string())
