"""Which columns of a table a token may read, and how: from the manifest of the release in force.

A column that the role may not see is not asked of the database. Numbers that are sealed (NIK, KK,
accounts, cards) are always masked: the API never says one in full.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from psycopg import sql

from tangga.registry.model import Column as Declared
from tangga.registry.privacy import Sight, masked
from tangga.web.api.problems import Problem
from tangga.web.database.rows import one
from tangga.web.pack import pack
from tangga.web.register.tables import storage_of
from tangga.web.secrets import unseal
from tangga.web.viewer import Viewer

IN_FORCE = "SELECT number FROM public.register_current WHERE number IS NOT NULL"
MANIFEST = "SELECT manifest -> 'tables' AS tables FROM public.register_releases WHERE number = %s"
WRITTEN_AS_JSON = frozenset({"reasons", "questions"})
"""Columns of the release that hold a list, as text."""

NOT_SHOWN = frozenset({"family_id", "person_id"})
"""Said beside the values of a row; of our own making, and no secret to whoever sees the row."""


@dataclass(frozen=True)
class Column:
    """One column of a table in the database. way: how it is masked, where it is."""

    name: str
    stored: str
    privacy: str
    sealed: bool
    way: str


@dataclass(frozen=True)
class Seen:
    """The columns of one table as one viewer sees them."""

    full: tuple[Column, ...]
    masked: tuple[Column, ...]
    hidden: tuple[str, ...]

    @property
    def select(self) -> sql.Composable:
        """The columns to ask for, of a table called t."""
        return sql.SQL(", ").join(sql.Identifier("t", c.stored) for c in (*self.full, *self.masked))

    def values(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What is said of a row, each column by the release's name for it."""
        said = {c.name: plain(row[c.stored]) for c in self.full}
        for name in WRITTEN_AS_JSON & said.keys():
            said[name] = json.loads(said[name]) if said[name] else said[name]
        return said | {c.name: _masked(c, row[c.stored]) for c in self.masked}

    @property
    def about(self) -> dict[str, list[str]]:
        """Which columns are masked and which are hidden, for the answer."""
        return {"masked": sorted(c.name for c in self.masked), "hidden": sorted(self.hidden)}


def release_number() -> int:
    """Of the release in force; Problem `unavailable` before there is one."""
    found = one(IN_FORCE)
    if found is None:
        raise Problem("unavailable", {"Retry-After": "60"})
    return int(found["number"])


def seen(table: str, viewer: Viewer) -> Seen:
    """The columns of a table for this viewer; no columns where the release has no such table."""
    return split_by_sight(columns_of(table), viewer)


def split_by_sight(columns: Iterable[Column], viewer: Viewer) -> Seen:
    """The columns as this viewer sees them."""
    by: dict[str, list[Column]] = {"full": [], "masked": [], "hidden": []}
    for column in columns:
        if column.name not in NOT_SHOWN:
            by[_sight(column, viewer)].append(column)
    return Seen(tuple(by["full"]), tuple(by["masked"]), tuple(c.name for c in by["hidden"]))


def columns_of(table: str) -> tuple[Column, ...]:
    """All columns of a table of the release in force."""
    return _columns(release_number(), table)


def has_table(table: str) -> bool:
    """Whether the release in force holds this table."""
    return bool(columns_of(table))


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def national(value: bytes | None) -> str | None:
    """A sealed number as the API says it: its last four signs."""
    return None if value is None else masked("last4", unseal(value))


def _sight(column: Column, viewer: Viewer) -> Sight:
    sight = viewer.sight(column.privacy)
    return "masked" if sight == "full" and column.sealed else sight


def _masked(column: Column, value: Any) -> Any:
    if value is None:
        return None
    return national(value) if column.sealed else masked(column.way, value)


@lru_cache(maxsize=500)
def _columns(number: int, table: str) -> tuple[Column, ...]:
    return tuple(_each(table, _tables(number).get(table, {}).get("columns", {})))


@lru_cache(maxsize=3)
def _tables(number: int) -> Mapping[str, Any]:
    found = one(MANIFEST, [number])
    # Django leaves JSON of a plain query as text.
    return json.loads(found["tables"]) if found else {}


def _each(table: str, columns: Mapping[str, Mapping[str, str]]) -> Iterable[Column]:
    storage = storage_of(table)
    if storage is None:
        return
    for name, said in columns.items():
        declared = _declared(storage.schema, name)
        yield Column(
            name=name,
            stored=storage.stored_as(name),
            privacy=said["privacy"],
            sealed=storage.seals(name, pack()),
            way=declared.mask if declared is not None else "hidden",
        )


def _declared(schema: str, name: str) -> Declared | None:
    table = pack().tables.get(schema)
    return table.columns.get(name) if table is not None else None
