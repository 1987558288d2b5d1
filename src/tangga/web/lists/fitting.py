"""A list as one release can fill it: which columns there are depends on what its sources record.

    lacking(definition, has)   # (table, column) that the definition names and the release lacks
    fills(definition, has)     # whether the release can tell who stands on the list
    fitted(definition, has)    # the list without the filters, figures and orders it cannot have

has(table, column): whether a release has a column; column None: the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from tangga.web.lists.definitions import Definition

Has = Callable[[str, str | None], bool]
Named = tuple[str, str]

AREA = "area"
"""Every table gets this column while it is loaded."""

_TABLE = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)\s+AS\s+(\w+)", re.IGNORECASE)
_COLUMN = re.compile(r"\b([a-z]+)\.([a-z_]\w*)")


@cache
def _named(table: str, sql: str) -> tuple[Named, ...]:
    """The columns that a piece of SQL names: of `t`, and of the tables that it joins itself."""
    tables = {"t": table} | {alias: name for name, alias in _TABLE.findall(sql)}
    found = ((tables[alias], column) for alias, column in _COLUMN.findall(sql) if alias in tables)
    return tuple(dict.fromkeys(found))


def _lacking(definition: Definition, sql: str, has: Has) -> Iterator[Named]:
    for table, column in _named(definition.table, sql):
        if column != AREA and not has(table, column):
            yield table, column


def lacking(definition: Definition, has: Has) -> tuple[Named, ...]:
    """The columns that a list and its filters ask for and a release lacks, each once."""
    asked = (_rows(definition), *(one.column for one in definition.filters.values()))
    found = (each for sql in asked for each in _lacking(definition, sql, has))
    return tuple(dict.fromkeys(found))


def fills(definition: Definition, has: Has) -> bool:
    """Whether a release has the tables, and the columns that say who stands on the list."""
    tables = (definition.table, *definition.needs)
    there = all(has(table, None) for table in tables)
    return there and not any(_lacking(definition, _rows(definition), has))


def fitted(definition: Definition, has: Has) -> Definition:
    """The definition with what a release can fill; where it cannot fill the list, nothing of it."""
    if not fills(definition, has):
        return replace(definition, filters={}, figures={}, sort="")

    def there(sql: str) -> bool:
        return not any(_lacking(definition, sql, has))

    filters = {name: one for name, one in definition.filters.items() if there(one.column)}
    figures = {
        name: one
        for name, one in definition.figures.items()
        if (not one.by or one.by in filters) and there(one.sum)
    }
    sort = ", ".join(key for key in definition.sort.split(", ") if there(key))
    return replace(definition, filters=filters, figures=figures, sort=sort)


def _rows(definition: Definition) -> str:
    return f"{definition.join} {definition.where}"
