"""Files whose national numbers a spreadsheet has rounded.

A spreadsheet keeps 15 significant digits: a number of 16 that was typed as a number ends in 0
for ever. One good number in ten ends in 0 by itself, so a single value proves nothing; a file in
which far more than a tenth do is a file in which none of those can be believed.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from tangga.engine.descriptor import Descriptor
from tangga.engine.standardise.expressions import render, sql, text
from tangga.engine.standardise.fields import received_text
from tangga.engine.standardise.numbers import NumberSpec
from tangga.engine.standardise.source import all_rows
from tangga.registry import Table

# Share of numbers that end in 0 above which a file is taken for rounded, and how many numbers
# it takes to say so. In a workbook typed and numeric cells stand side by side, so less suffices.
ALL = 0.5
MIXED = 0.25
ENOUGH = 10
ENOUGH_MIXED = 30


def rounded_files(
    con: duckdb.DuckDBPyConnection,
    raw: str,
    of: Descriptor,
    table: Table,
    numbers: Mapping[str, NumberSpec],
) -> dict[str, tuple[str, ...]]:
    """Number column -> the files (as ingest names them) whose numbers are rounded."""
    found = {}
    for name in of.columns:
        spec = numbers.get(name)
        if spec is None or not spec.spreadsheet_digits or spec.spreadsheet_digits >= spec.length:
            continue
        received = received_text(table.columns[name], of.columns[name])
        zeros = text("0" * (spec.length - spec.spreadsheet_digits))
        rows = all_rows(raw).where(sql(f"length(:t) = {spec.length}", t=received))
        rows = rows.select("_file", "count(*) AS n").select(
            sql("count(*) FILTER (WHERE ends_with(:t, :z))", t=received, z=zeros)
        )
        counts = con.execute(render(rows.group_by("_file"))).fetchall()
        files = tuple(sorted(file for file, n, ended in counts if _rounded(file, n, ended)))
        if files:
            found[name] = files
    return found


def _rounded(file: str, numbers: int, ended: int) -> bool:
    workbook = file.lower().endswith(".xlsx")
    if workbook and numbers >= ENOUGH_MIXED:
        return ended > MIXED * numbers
    return ended > ALL * numbers and (workbook or numbers >= ENOUGH)
