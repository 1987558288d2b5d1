"""What a release holds: `release.toml`, read and checked. What it does not name stays inside."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tangga.registry.model import Pack
from tangga.registry.privacy import AUDIENCE_LABELS, PRIVACY_LABELS

FILE = Path(__file__).parent / "release.toml"
SPLITS = ("all", "programme", "focus", "measure", "track", "rung")
CASE = "case"
_KEYS = {"stage", "table", "view", "key", "schema", "rows", "unique", "split", "masked", "left_out"}
SIDES = ("left_", "right_")
"""Columns of a pair: of which of the two somebody's value is."""
MASKED_OF = "person"


@dataclass(frozen=True)
class Released:
    """One table. classes: column (or `beginning*`) -> privacy class. The rest: see release.toml."""

    name: str
    stage: str
    table: str
    key: tuple[str, ...]
    classes: Mapping[str, str]
    view: str = ""
    schema: str = ""
    rows: str = ""
    unique: bool = True
    split: str = ""
    masked: str = ""
    left_out: frozenset[str] = field(default_factory=frozenset)

    def class_of(self, column: str, pack: Pack) -> str | None:
        """The privacy class of a column of the run's table; None for one that is not released."""
        if column in self.left_out:
            return None
        named = self.classes.get(column)
        if named is None and self.classes_begin(column):
            return self.classes_begin(column)
        if named is None and self.schema in pack.tables:
            declared = pack.tables[self.schema].columns.get(column)
            return declared.privacy if declared is not None and not declared.reference else None
        if named is None and self.masked:
            declared = pack.tables[MASKED_OF].columns.get(of_one(column))
            return declared.privacy if declared is not None else None
        return named

    def classes_begin(self, column: str) -> str | None:
        """The class of all columns that begin like this one."""
        for name, privacy in self.classes.items():
            if name.endswith("*") and column.startswith(name[:-1]):
                return privacy
        return None


def of_one(column: str) -> str:
    """The column of a person that a column of a pair shows."""
    for side in SIDES:
        column = column.removeprefix(side)
    return column


@cache
def released() -> tuple[Released, ...]:
    """Every table, in the order of the file."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(_read(name, table) for name, table in data.items())


def _read(name: str, table: Mapping[str, Any]) -> Released:
    """ValueError for what the file says wrong: a class that there is not, a column with two."""
    classes: dict[str, str] = {}
    for key, value in table.items():
        if key in _KEYS:
            continue
        if key not in PRIVACY_LABELS:
            raise ValueError(f"{name}: {key!r} is no privacy class")
        for column in value:
            if column in classes:
                raise ValueError(f"{name}: column {column} has two classes")
            classes[column] = key
    found = Released(
        name=name,
        table=table.get("table", name),
        key=tuple(table["key"]),
        classes=classes,
        left_out=frozenset(table.get("left_out", ())),
        **{k: v for k, v in table.items() if k in _KEYS - {"table", "key", "left_out"}},
    )
    _check(found)
    return found


def _check(table: Released) -> None:
    known = table.schema or table.masked or table.classes
    wrong = [key for key in table.key if not known or key in table.left_out]
    if wrong or table.split not in ("", *SPLITS) or table.masked not in ("", *AUDIENCE_LABELS):
        raise ValueError(f"{table.name}: {', '.join(wrong) or table.split or table.masked}")
