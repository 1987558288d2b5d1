"""Rows of other kinds as a later stage reads them: every column there, whatever was received."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tangga.engine import tables
from tangga.engine.runner import Steps


class Received(Protocol):
    """Rows of a kind that a run received, as something to SELECT from."""

    def __call__(self, table: str, columns: Mapping[str, str], *, where: str = "TRUE") -> str:
        """A table with these columns (name -> SQL type), and a condition on its rows."""


def received(steps: Steps, table: str, columns: Mapping[str, str], *, where: str = "TRUE") -> str:
    """A table of the stage `resolve` as something to SELECT from.

    columns: name -> SQL type. A column that no source carries is NULL; a table that this run did
    not receive has no rows. where: a condition on the rows.
    """
    if not tables.exists(steps.ctx.table("resolve", table)):
        nothing = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in columns.items())
        return f"(SELECT {nothing} LIMIT 0)"
    relation = steps.ctx.scan("resolve", table)
    there = {row[0] for row in steps.fetch(f"DESCRIBE SELECT * FROM {relation}")}
    listed = ", ".join(
        f'CAST("{name}" AS {kind}) AS "{name}"' if name in there else f'NULL::{kind} AS "{name}"'
        for name, kind in columns.items()
    )
    return f"(SELECT {listed} FROM (SELECT * FROM {relation} WHERE {where}))"


def was_received(steps: Steps, table: str) -> bool:
    """Whether this run holds rows of a kind."""
    return tables.exists(steps.ctx.table("resolve", table))
