"""What the release in force says of its own columns: who may see them, and which there are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tangga.web.database.rows import rows, value

MANIFEST = "SELECT manifest::text FROM public.register_releases WHERE number = %s"
HELD = """
SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = %(schema)s
UNION SELECT f.proname FROM pg_catalog.pg_proc AS f
JOIN pg_catalog.pg_namespace AS n ON n.oid = f.pronamespace WHERE n.nspname = %(schema)s
"""
UNNAMED = "case"
"""The class of what a release does not name: nobody but the case team sees it."""


@dataclass(frozen=True, eq=False)
class Classes:
    """The privacy class of each column and fact of one release, by its manifest. Told apart by
    which object it is, so that what is worded for a release can be kept."""

    tables: Mapping[str, Mapping[str, str]]
    facts: Mapping[str, str]
    policy: Mapping[str, Any]
    rows: Mapping[str, int]
    held: frozenset[str] = frozenset()

    def of(self, table: str, column: str) -> str:
        """The class of a column."""
        return self.tables.get(table, {}).get(column, UNNAMED)

    def of_fact(self, subject: str, name: str) -> str:
        """The class of a fact of a person or family (`family.NAME`: of the person's family)."""
        entity, _, own = name.rpartition(".")
        return self.facts.get(f"{entity or subject}/{own}", UNNAMED)

    def says_something(self, table: str) -> bool:
        """Whether the release has rows of this table; of a table or function that was made while it
        was loaded only whether it is there."""
        return table in self.held and self.rows.get(table, 1) > 0


@lru_cache(maxsize=8)
def classes(number: int) -> Classes:
    """Those of a loaded release; a release never changes, so they are read once a process."""
    manifest = json.loads(value(MANIFEST, [number]))
    tables = manifest["tables"]
    return Classes(
        tables={
            name: {column: one["privacy"] for column, one in said["columns"].items()}
            for name, said in tables.items()
        },
        facts=dict(manifest.get("facts", {})),
        policy={"policy": manifest.get("policy", {})},
        rows={name: int(said.get("rows", 0)) for name, said in tables.items()},
        held=frozenset(row["name"] for row in rows(HELD, {"schema": f"r_{number}"})),
    )
