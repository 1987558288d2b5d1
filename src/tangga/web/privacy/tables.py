"""What of each table is a person's, as `tables.toml` says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tangga.errors import BadPack
from tangga.web.database.rows import rows

FILE = Path(__file__).parent / "tables.toml"
WAYS = ("person", "family", "head", "payee", "entity", "item", "id", "source")
MORE = ("left_person", "right_person")
TELLING = {
    *("person_id", "family_id", "payee_person_id", "head_person_id", "item_id", "entity_id"),
    *("left_person", "right_person", "left_person_id", "right_person_id"),
}
"""Columns by which a table may be about somebody."""

CASE = "_case"
# All tables that this transaction reads: those of the service, and of the release in force.
CATALOGUE = """
SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
    AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)
    AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
    AND c.relnamespace::regnamespace::text NOT LIKE 'pg_temp%%'
GROUP BY 1
"""


@dataclass(frozen=True)
class Table:
    """One table; the keys are those of tables.toml."""

    name: str
    labels: Mapping[str, str]
    by: tuple[str, ...]
    leave: frozenset[str] = frozenset()
    case: bool = False
    copy: bool = False

    def label(self, language: str) -> str:
        """What it is called."""
        return self.labels[language]


@cache
def tables() -> Mapping[str, Table]:
    """Every table of which something may be a person's, in the order in which it is told.

    BadPack for an entry that cannot be.
    """
    said = tomllib.loads(FILE.read_text(encoding="utf-8"))["tables"]
    found: dict[str, Table] = {}
    for name, one in said.items():
        wrong = set(one) - {"id", "en", "by", "leave", "case", "copy"} or [
            way for way in one["by"] if not _known(way, found)
        ]
        if wrong:
            raise BadPack("tables.toml: no such key or way", value=f"{name}: {sorted(wrong)}")
        found[name] = Table(
            name,
            {"id": one["id"], "en": one["en"]},
            tuple(one["by"]),
            frozenset(one.get("leave", ())),
            one.get("case", False),
            one.get("copy", False),
        )
    return found


def _known(way: str, before: Mapping[str, Table]) -> bool:
    return way in (*WAYS, *MORE) or way.partition(".")[0] in before


@cache
def left_out() -> Mapping[str, str]:
    """Tables that have such columns and are not handed over: why."""
    said = tomllib.loads(FILE.read_text(encoding="utf-8"))["no"]
    return {name: one["why"] for name, one in said.items()}


def there() -> Mapping[str, tuple[str, ...]]:
    """Every table that this transaction reads, with its columns."""
    return {row["name"]: tuple(row["columns"]) for row in rows(CATALOGUE)}


def unnamed() -> list[str]:
    """Tables that may be about somebody, and of which nobody said whether they are."""
    known = tables()
    return sorted(
        name
        for name, columns in there().items()
        if TELLING & set(columns)
        and name not in known
        and name not in left_out()
        and name.removesuffix(CASE) not in known
    )
