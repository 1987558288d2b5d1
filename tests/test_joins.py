"""How the statements of a run are joined: what compares every row with every other grows with the
square of the people, and nobody sees it in a village."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tangga.engine.run import run_workspace
from village import write_village

EVERY_WITH_EVERY = "BLOCKWISE_NL_JOIN"
SMALL = {
    "revisits": "villages with the areas of posts",
    "village_lines": "villages with the areas of poverty lines",
}
"""Statements whose two sides are areas, not people."""


def test_no_statement_compares_everybody_with_everybody(tmp_path: Path) -> None:
    workspace = write_village(tmp_path)
    run = run_workspace(workspace, full=True, parts=2).run
    looked, found = 0, set()
    with duckdb.connect() as con:
        for file in (tmp_path / "runs" / run / "sql").rglob("*.sql"):
            try:
                plan = con.execute(f"EXPLAIN {file.read_text()}").fetchall()[0][1]
            except duckdb.Error:  # reads what stood in memory, or has a name in place of a table
                continue
            looked += 1
            found |= {file.stem} if EVERY_WITH_EVERY in plan else set()
    assert looked > 100
    assert found <= set(SMALL), "join on equality, and FILTER what else must hold"
