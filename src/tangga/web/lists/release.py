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
from tangga.web.register.made import as_loaded
from tangga.web.register.tables import stored

TABLES = "SELECT (manifest -> 'tables')::text FROM public.register_releases WHERE number = %s"


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
    return tables | as_loaded(tables.get("families", {}))


def _stored_as(table: str, column: str) -> str:
    storage = stored().get(table)
    return storage.stored_as(column) if storage else column
