"""A finished run seen in pieces: families next to each other by id, and what is planned of them.

A view that makes long texts of what the plan stores needs memory for all of its rows at once. Seen
through a piece it needs that of the piece, and the pieces in turn give the rows in order of family.

A table of the plan is spread over the pieces once, when the first of them is looked through: were
each piece picked out of the whole table, a register ten times as large would be read ten times as
often.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tangga.engine import tables
from tangga.engine.catalogue import Run
from tangga.engine.connection import quoted
from tangga.engine.limits import read_size

STAGE, ID = "plan", "family_id"
SHARE = 0.5
"""Of the memory that the database may use, what one piece is allowed."""


@dataclass(frozen=True)
class Cut:
    """Tables of the plan cut at `ends`, in a folder that goes with the spilled files of the run.

    ends: the last family of each piece but the last.
    """

    run: Run
    con: duckdb.DuckDBPyConnection
    ends: tuple[str, ...]

    def folder(self, table: str) -> Path:
        """Where a table stands by piece; it is written there when first asked for."""
        name = hashlib.sha256(" ".join(self.ends).encode()).hexdigest()[:12]
        folder = self.run.folder / ".spill" / f"pieces-{name}" / table
        if not folder.exists():
            rows = f"SELECT * FROM {self.run.scan(STAGE, table)}"
            tables.write_spread(self.con, rows, folder, _piece(ID, self.ends))
        return folder


def _piece(key: str, ends: Sequence[str], first: int = 0) -> str:
    """In which piece a family is, by halves."""
    if not ends:
        return str(first)
    half = len(ends) // 2
    low, high = _piece(key, ends[:half], first), _piece(key, ends[half + 1 :], first + half + 1)
    return f"CASE WHEN {key} <= '{quoted(ends[half])}' THEN {low} ELSE {high} END"


@dataclass(frozen=True)
class Piece(Run):
    """The families of one piece."""

    cut: Cut
    number: int

    def scan(self, stage: str, table: str) -> str:
        """A table of this run; of one of the plan that knows families, their rows only."""
        rows = super().scan(stage, table)
        if stage != STAGE or ID not in Run(self.folder).columns(stage, table):
            return rows
        mine = tables.spread_part(self.cut.folder(table), self.number)
        return mine or f"(SELECT * FROM {rows} WHERE FALSE)"


def room(con: duckdb.DuckDBPyConnection) -> float:
    """The bytes of memory that a piece may need."""
    limit = con.execute("SELECT current_setting('memory_limit')").fetchall()[0][0]
    return read_size(limit) * SHARE


def pieces(run: Run, con: duckdb.DuckDBPyConnection, of_family: int) -> list[Run]:
    """A run in pieces that fit into the memory of `con`. of_family: bytes that one family needs."""
    if not run.has(STAGE, "facts"):
        return [run]
    most = max(1, math.floor(room(con) / of_family))
    ends = con.execute(
        f"SELECT {ID} FROM (SELECT {ID}, row_number() OVER (ORDER BY {ID}) AS n "
        f"FROM {run.scan(STAGE, 'facts')}) WHERE n % {most} = 0 ORDER BY {ID}"
    ).fetchall()
    if not ends:
        return [run]
    cut = Cut(run, con, tuple(end for (end,) in ends))
    return [Piece(run.folder, cut, number) for number in range(len(ends) + 1)]
