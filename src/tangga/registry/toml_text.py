"""Writes what a descriptor says as TOML: texts, numbers, dates, lists and tables, nothing more."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

BARE = re.compile(r"[A-Za-z0-9_-]+")


def write_toml(data: Mapping[str, Any]) -> str:
    """TOML that `tomllib` reads as the same data; tables of the top level get a heading each.

    TypeError for a value that is none of text, whole number, truth, date, list and table.
    """
    plain = {key: value for key, value in data.items() if not isinstance(value, Mapping)}
    tables = {key: value for key, value in data.items() if isinstance(value, Mapping)}
    short = {key: value for key, value in tables.items() if _is_short(value)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in {**plain, **short}.items()]
    for key, table in tables.items():
        if key not in short:
            lines += ["", f"[{_key(key)}]"]
            lines += [f"{_key(name)} = {_value(value)}" for name, value in table.items()]
    return "\n".join(lines) + "\n"


def _is_short(table: Mapping[str, Any]) -> bool:
    """One entry that is no table: `id = { columns = [...] }` stands on its line."""
    return len(table) == 1 and not isinstance(next(iter(table.values())), Mapping)


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    raise TypeError(f"TOML has no {type(value).__name__} here")


def _text(text: str) -> str:
    """A basic string: JSON's escapes are TOML's, but DEL must be escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
