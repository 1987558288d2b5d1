"""The columns of each table that standardise writes."""

from __future__ import annotations

from collections.abc import Iterable

from tangga.engine.descriptor import Descriptor
from tangga.engine.standardise.fields import BIRTH_DATE, BIRTH_MONTH, BIRTH_YEAR
from tangga.registry import Table

FIXED_TYPES = {
    "rid": "BIGINT",
    "source": "VARCHAR",
    "source_id": "VARCHAR",
    "source_family_id": "VARCHAR",
    "kind": "VARCHAR",
    "role": "VARCHAR",
    "as_of": "DATE",
    "trust": "INTEGER",
    "latest": "BOOLEAN",
    "file": "VARCHAR",
    "line": "BIGINT",
}


def carried_columns(table: Table, mapped: Iterable[str]) -> list[str]:
    """The registry columns that these mapped ones fill, in the order of the table."""
    filled = set(mapped)
    if BIRTH_DATE in filled:
        filled |= {BIRTH_YEAR, BIRTH_MONTH} & table.columns.keys()
    filled |= {name for name, column in table.columns.items() if column.unread_of in filled}
    return [name for name in table.columns if name in filled]


def output_columns(table: Table, sources: Iterable[Descriptor]) -> dict[str, str]:
    """Column -> SQL type of the table that these sources fill.

    A registry column of the name of a fixed one takes its place: the `kind` of an assessment is
    what was assessed, and that all its rows come from sources of kind assessments is in the
    table's name.
    """
    of_table = carried_columns(table, {name for source in sources for name in source.columns})
    hidden = {name for name in ("kind", "role") if name in table.columns}
    fixed = {n: t for n, t in FIXED_TYPES.items() if n not in of_table and n not in hidden}
    return fixed | {name: table.columns[name].sql_type for name in of_table}
