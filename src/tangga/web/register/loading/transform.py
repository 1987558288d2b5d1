"""From the rows of a file to the rows of the database: sealed, with blind indexes and an area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tangga.registry.model import Pack
from tangga.web.register.loading.release import ReleasedTable
from tangga.web.register.tables import number_pattern
from tangga.web.secrets import Secrets

AREA = "area"
INDEX = "_index"
"""`nik_index` is the blind index of `nik`."""

PG_TYPES = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "UTINYINT": "smallint",
    "USMALLINT": "integer",
    "UINTEGER": "bigint",
    "UBIGINT": "numeric",
    "HUGEINT": "numeric",
}
"""DuckDB's type -> PostgreSQL's."""

PLAIN_ORDER = ("_id", "area", "village", "source", "programme", "worker")
"""Texts whose names end so are codes: compared byte by byte."""

Column = Callable[[pa.Table], pa.Array | pa.ChunkedArray]


@dataclass(frozen=True)
class StoredColumn:
    """One column of the database: its name, its type, and how a batch of rows gives it."""

    name: str
    type: str
    of: Column


def pg_type(name: str, said: str) -> str:
    """The type of a column; text for one that PostgreSQL has nothing for."""
    if said.startswith("DECIMAL"):
        return f"numeric{said[len('DECIMAL') :]}"
    found = PG_TYPES.get(said, "text")
    return f'{found} COLLATE "C"' if found == "text" and name.endswith(PLAIN_ORDER) else found


def columns_of(table: ReleasedTable, pack: Pack, secrets: Secrets) -> list[StoredColumn]:
    """The columns in their order in the database: the release's own, and blind indexes."""
    storage, found = table.storage, []
    for name, privacy in table.columns.items():
        as_name = storage.stored_as(name)
        if storage.seals(name, pack):
            found.append(StoredColumn(as_name, "bytea", _sealed(name, secrets)))
            if name in storage.blind:
                found.append(StoredColumn(as_name + INDEX, "bytea", _blinded(name, secrets)))
        elif as_name == AREA:
            continue  # what the row says of itself is the area it belongs to
        elif table.types[name] == "VARCHAR" and storage.reads_through(name, privacy, pack):
            of = _read_through(name, number_pattern(pack), secrets)
            found.append(StoredColumn(as_name, pg_type(as_name, "VARCHAR"), of))
        else:
            found.append(
                StoredColumn(as_name, pg_type(as_name, table.types[name]), _as_it_is(name))
            )
    return found


def transformed(rows: pa.Table, columns: list[StoredColumn], area: pa.Array) -> pa.Table:
    """A batch of rows as it is stored; area: that of each row."""
    stored = [column.of(rows) for column in columns]
    return pa.table([*stored, area], [*(column.name for column in columns), AREA])


def _as_it_is(name: str) -> Column:
    def column(rows: pa.Table) -> pa.ChunkedArray:
        values = rows[name]
        if pa.types.is_decimal(values.type) or pa.types.is_nested(values.type):
            return values.cast(pa.string())
        return values

    return column


def _sealed(name: str, secrets: Secrets) -> Column:
    return lambda rows: _each_once(rows[name], lambda texts: _hex(secrets.seal_all(texts)))


def _blinded(name: str, secrets: Secrets) -> Column:
    return lambda rows: _each_once(rows[name], lambda texts: _hex(secrets.blind_all(texts)))


def _each_once(
    values: pa.ChunkedArray, change: Callable[[list[str | None]], list[str | None]]
) -> pa.Array:
    """Change every different value once: a family card stands with each member."""
    coded = values.cast(pa.string()).combine_chunks().dictionary_encode()
    changed = pa.array(change(coded.dictionary.to_pylist()), pa.string())
    return changed.take(coded.indices)


def _hex(each: list[bytes | None]) -> list[str | None]:
    return [None if one is None else "\\x" + one.hex() for one in each]


def _read_through(name: str, pattern: str, secrets: Secrets) -> Column:
    """A text with a number in it is replaced whole, by what stands for it."""
    if not pattern:
        return _as_it_is(name)

    def column(rows: pa.Table) -> pa.Array:
        values = rows[name].cast(pa.string()).combine_chunks()
        found = pc.match_substring_regex(values, pattern=spaced(pattern))
        if not pc.any(found).as_py():
            return values
        given = [
            None if text is None else secrets.stand_in(text)
            for text in values.filter(found).to_pylist()
        ]
        return pc.replace_with_mask(
            values, pc.fill_null(found, False), pa.array(given, pa.string())
        )

    return column


def spaced(pattern: str) -> str:
    """The same digits with signs between them, as somebody may have written a number."""
    return pattern.replace("[0-9]", "(?:[0-9][ .-]?)")
