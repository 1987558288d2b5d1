"""Rows that Python has worked out, as a table of the stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from tangga.engine.runner import Steps

TEXT, WHOLE, FLAG, DAY = pa.string(), pa.int64(), pa.bool_(), pa.date32()


def write_rows(
    steps: Steps,
    name: str,
    columns: Mapping[str, pa.DataType],
    rows: Iterable[Sequence[object]],
    *,
    scratch: bool = False,
) -> None:
    """Write rows as a table of the stage, in their own order. columns: name -> type."""
    listed = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(cells, kind) for cells, kind in zip(listed, columns.values(), strict=True)]
    steps.con.register("_rows", pa.table(arrays, names=list(columns)))
    try:
        steps.whole(name, "SELECT * FROM _rows", scratch=scratch)
    finally:
        steps.con.unregister("_rows")
