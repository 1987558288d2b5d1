"""The few rows that Python has worked out, as something that SQL can SELECT from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from tangga.engine.plan.decisions import quoted


def relation_of(columns: Mapping[str, str], rows: Iterable[tuple[object, ...]]) -> str:
    """A relation with these columns (name -> SQL type). Values: text, whole numbers, days, None."""
    listed = ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
    nothing = ", ".join("NULL" for _ in columns)
    casts = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in columns.items())
    names = ", ".join(f'"{name}"' for name in columns)
    where = "" if listed else " WHERE FALSE"
    return f"(SELECT {casts} FROM (VALUES {listed or f'({nothing})'}) AS t({names}){where})"


def _literal(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case int():
            return str(value)
        case date():
            return f"DATE '{value}'"
        case _:
            return quoted(str(value))
