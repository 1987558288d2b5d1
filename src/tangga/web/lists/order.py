"""Orders of rows, and what lies before or behind a row in one: paging that never loses a row.

An order ends with the place of the row in its table, so that it is total. Rows do not move while a
release is in force.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

ROW = "t.ctid"
_KEY = re.compile(
    r"(?P<sql>[a-z_.]+)(?: (?P<way>ASC|DESC))?(?: NULLS (?P<nulls>FIRST|LAST))?", re.IGNORECASE
)


@dataclass(frozen=True)
class Key:
    """One key of an order. Nothing known stands last, unless nulls_first."""

    sql: str
    down: bool = False
    nulls_first: bool = False

    @property
    def text(self) -> str:
        """As ORDER BY has it."""
        way = "DESC" if self.down else "ASC"
        return f"{self.sql} {way} NULLS {'FIRST' if self.nulls_first else 'LAST'}"

    @property
    def back(self) -> Key:
        """The same from the other end."""
        return replace(self, down=not self.down, nulls_first=not self.nulls_first)

    def behind(self, value: Any) -> tuple[str, list[Any]]:
        """Rows that come after a value in this key alone."""
        if value is None:
            return (f"{self.sql} IS NOT NULL" if self.nulls_first else "FALSE"), []
        sign = "<" if self.down else ">"
        if self.nulls_first:
            return f"{self.sql} {sign} %s", [value]
        return f"({self.sql} {sign} %s OR {self.sql} IS NULL)", [value]

    def level(self, value: Any) -> tuple[str, list[Any]]:
        """Rows of the same value."""
        return (f"{self.sql} IS NULL", []) if value is None else (f"{self.sql} = %s", [value])


def keys(text: str) -> tuple[Key, ...]:
    """`t.a DESC, t.b NULLS FIRST` as keys. ValueError for what is no such text."""
    return tuple(_key(part.strip()) for part in text.split(",") if part.strip())


def _key(text: str) -> Key:
    found = _KEY.fullmatch(text)
    if found is None:
        raise ValueError(f"no order: {text}")
    down = (found["way"] or "").upper() == "DESC"
    return Key(found["sql"], down, (found["nulls"] or "").upper() == "FIRST")


def order_by(order: Sequence[Key]) -> str:
    """`ORDER BY ...`, the row's own place last."""
    return f"ORDER BY {', '.join(key.text for key in order)}"


def total(order: Sequence[Key]) -> tuple[Key, ...]:
    """The order, made total by the row's own place."""
    once = {key.sql: key for key in reversed(order)}
    return (*(key for key in order if once.pop(key.sql, None)), Key(ROW))


def behind(order: Sequence[Key], values: Sequence[Any]) -> tuple[str, list[Any]]:
    """The condition that a row comes after the one with these values."""
    ways: list[str] = []
    params: list[Any] = []
    level: list[str] = []
    level_params: list[Any] = []
    for key, value in zip(order, values, strict=True):
        after, after_params = key.behind(value)
        ways.append(" AND ".join([*level, after]))
        params += [*level_params, *after_params]
        same, same_params = key.level(value)
        level.append(same)
        level_params += same_params
    return f"({' OR '.join(f'({way})' for way in ways)})", params
