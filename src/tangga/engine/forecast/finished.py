"""A finished run as the forecast reads it: its tables, its rules, and a database to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tangga.engine import tables
from tangga.engine.current import last_complete
from tangga.engine.decided import decided_by
from tangga.engine.manifest import Manifest
from tangga.engine.workspace import Workspace
from tangga.rules.facts_sql import Relation
from tangga.rules.on_date import OnDate


@dataclass
class Finished:
    """The last complete run of a workspace.

    today: the rules of the run's day, the same by which it decided.
    """

    workspace: Workspace
    folder: Path
    manifest: Manifest
    today: OnDate
    con: duckdb.DuckDBPyConnection
    columns: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The day of the run's decisions."""
        return self.today.day

    def has(self, stage: str, table: str) -> bool:
        """Whether the run has a table."""
        return tables.exists(self.folder / stage / table)

    def scan(self, stage: str, table: str) -> str:
        """A table of the run as something to SELECT from."""
        return tables.scan(self.folder / stage / table)

    def relation(self, stage: str, table: str) -> Relation:
        """A table, with the columns that it has."""
        sql = self.scan(stage, table)
        if sql not in self.columns:
            rows = self.con.execute(f"DESCRIBE SELECT * FROM {sql}").fetchall()
            self.columns[sql] = frozenset(row[0] for row in rows)
        return Relation(sql, self.columns[sql])

    def received(self, table: str, columns: Mapping[str, str], *, where: str = "TRUE") -> str:
        """A table of the stage `resolve`, every column there, as `received.received` gives it."""
        if not self.has("resolve", table):
            nothing = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in columns.items())
            return f"(SELECT {nothing} LIMIT 0)"
        there = self.relation("resolve", table)
        listed = ", ".join(
            f'CAST("{name}" AS {kind}) AS "{name}"'
            if name in there.columns
            else f'NULL::{kind} AS "{name}"'
            for name, kind in columns.items()
        )
        return f"(SELECT {listed} FROM (SELECT * FROM {there.sql} WHERE {where}))"

    def make(self, table: str, sql: str) -> str:
        """Keep a SELECT as a table for later steps; returns its name."""
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {sql}")
        return table

    def drop(self, *names: str) -> None:
        """Let go of tables that no later step reads."""
        for name in names:
            self.con.execute(f"DROP TABLE IF EXISTS {name}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a SELECT."""
        return self.con.execute(sql).fetchall()


def finished(workspace: Workspace, con: duckdb.DuckDBPyConnection) -> Finished:
    """The last complete run of a workspace, with the rules by which it decided.

    UserError where there is none, where it decided nothing, or where the policy has changed since:
    then its facts and the rules of today do not belong together.
    """
    folder = last_complete(workspace.dir)
    manifest, today = decided_by(workspace, folder, "facts")
    return Finished(workspace, folder, manifest, today, con)
