"""A finished run seen in pieces: families next to each other by id, and what is planned of them.

A view that makes long texts of what the plan stores needs memory for all of its rows at once. Seen
through a piece it needs that of the piece, and the pieces in turn give the rows in order of family.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import duckdb

from tangga.engine.catalogue import Run
from tangga.engine.limits import read_size

STAGE, ID = "plan", "family_id"
SHARE = 0.5
"""Of the memory that the database may use, what one piece is allowed."""


@dataclass(frozen=True)
class Piece(Run):
    """The families whose ids are above `after` and not above `upto`; None: without that end."""

    after: str | None = None
    upto: str | None = None

    def scan(self, stage: str, table: str) -> str:
        """A table of this run; of one of the plan that knows families, their rows only."""
        rows = super().scan(stage, table)
        ends = [f"{ID} > '{self.after}'"] if self.after is not None else []
        ends += [f"{ID} <= '{self.upto}'"] if self.upto is not None else []
        if stage != STAGE or not ends or ID not in Run(self.folder).columns(stage, table):
            return rows
        return f"(SELECT * FROM {rows} WHERE {' AND '.join(ends)})"


def pieces(run: Run, con: duckdb.DuckDBPyConnection, of_family: int) -> list[Run]:
    """A run in pieces that fit into the memory of `con`. of_family: bytes that one family needs."""
    if not run.has(STAGE, "facts"):
        return [run]
    limit = read_size(con.execute("SELECT current_setting('memory_limit')").fetchall()[0][0])
    most = max(1, math.floor(limit * SHARE / of_family))
    ends = con.execute(
        f"SELECT {ID} FROM (SELECT {ID}, row_number() OVER (ORDER BY {ID}) AS n "
        f"FROM {run.scan(STAGE, 'facts')}) WHERE n % {most} = 0 ORDER BY {ID}"
    ).fetchall()
    bounds = [None, *(end for (end,) in ends), None]
    return [Piece(run.folder, after, upto) for after, upto in pairwise(bounds)]
