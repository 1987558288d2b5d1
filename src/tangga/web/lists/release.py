"""What the release in force says of its tables: which columns there are, of what type and class."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest

from tangga.web.database.rows import value
from tangga.web.jinja import release_in_force
from tangga.web.register.tables import stored

TABLES = "SELECT (manifest -> 'tables')::text FROM public.register_releases WHERE number = %s"
INDEX, GONE = "family_index", "gone_people"
GONE_COLUMNS: Mapping[str, tuple[str, str]] = {
    "person_id": ("VARCHAR", "personal"),
    "family_id": ("VARCHAR", "personal"),
    "status": ("VARCHAR", "personal"),
    "died_on": ("DATE", "personal"),
    "by_registry": ("BOOLEAN", "personal"),
    "receives": ("BOOLEAN", "personal"),
}
"""Columns of the table of people who are gone, made when a release is loaded."""

INDEX_COLUMNS: Mapping[str, tuple[str, str]] = {
    "family_id": ("VARCHAR", "personal"),
    "head_name": ("VARCHAR", "identity"),
    "members": ("INTEGER", "personal"),
    "rung": ("VARCHAR", "personal"),
    "due_move": ("VARCHAR", "personal"),
    "decile": ("INTEGER", "personal"),
    "months_protected": ("INTEGER", "personal"),
    "months_left": ("INTEGER", "personal"),
    "visit_deadline": ("DATE", "personal"),
    "place_kind": ("VARCHAR", "personal"),
    "rt_rw": ("VARCHAR", "personal"),
}
"""Columns of the index of families that lists show: type and class of those they were made from."""

OF_FAMILIES = {"place_kind": ("place_kind",), "rt_rw": ("rt", "rw")}
"""Those made of columns that not every release records."""


@dataclass(frozen=True)
class Held:
    """A release in force. tables: name -> column -> (type, privacy class)."""

    number: int
    name: str
    as_of: date
    tables: Mapping[str, Mapping[str, tuple[str, str]]]

    def has(self, table: str, column: str | None = None) -> bool:
        """Whether it has this table (and column)."""
        return table in self.tables and (column is None or column in self.tables[table])


def held(request: HttpRequest) -> Held:
    """The release that this request reads; Http404 before there is one."""
    release = getattr(request, "release", None) or release_in_force()
    if release is None:
        raise Http404("no release is in force")
    request.release = release  # type: ignore[attr-defined]
    number = int(release["number"])
    return Held(
        number, str(release["release"]), release["as_of"], _tables(number, str(release["release"]))
    )


@lru_cache(maxsize=4)
def _tables(number: int, _name: str) -> Mapping[str, Mapping[str, tuple[str, str]]]:
    told: Mapping[str, Any] = json.loads(value(TABLES, [number]) or "{}")
    tables = {
        name: {
            _stored_as(name, column): (str(one["type"]), str(one["privacy"]))
            for column, one in said["columns"].items()
        }
        for name, said in told.items()
    }
    return tables | {INDEX: _index(tables.get("families", {})), GONE: GONE_COLUMNS}


def _index(families: Mapping[str, object]) -> Mapping[str, tuple[str, str]]:
    """Without the columns of which no family of this release has anything."""
    known = families.keys()
    empty = {name for name, of in OF_FAMILIES.items() if known.isdisjoint(of)}
    return {name: said for name, said in INDEX_COLUMNS.items() if name not in empty}


def _stored_as(table: str, column: str) -> str:
    storage = stored().get(table)
    return storage.stored_as(column) if storage else column
