"""Rows that Python has worked out, as a table of the stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tangga.engine.runner import Steps

TEXT, WHOLE, FLAG = "VARCHAR", "BIGINT", "BOOLEAN"


def write_rows(
    steps: Steps,
    name: str,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[object]],
    *,
    scratch: bool = False,
) -> None:
    """Write rows as a table of the stage, in their own order. columns: name -> SQL type."""
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    listed = ", ".join(f'unnest(?::{kind}[]) AS "{column}"' for column, kind in columns.items())
    # Not through Arrow: its conversion of lists imports pandas, which takes longer than the rest.
    steps.con.execute(f"CREATE OR REPLACE TEMP TABLE _rows AS SELECT {listed}", [*map(list, cells)])
    steps.whole(name, "SELECT * FROM _rows", scratch=scratch)
    steps.con.execute("DROP TABLE _rows")
