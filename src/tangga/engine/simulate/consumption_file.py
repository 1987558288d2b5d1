"""A file of what families spend: a survey or a census matched to the register, or invented truth.

    family_id, consumption                 ids of the register
    source, source_id, consumption         ids of a record of a source

consumption: rupiah a month and head. A family with records that say different things is not known.
"""

from __future__ import annotations

from pathlib import Path

from tangga.engine.connection import quoted
from tangga.engine.simulate.opened import Opened
from tangga.errors import UserError
from tangga.registry.mistakes import nearest

BY_FAMILY, BY_RECORD = ("family_id",), ("source", "source_id")
VALUE = "consumption"


def file_sql(opened: Opened, file: Path) -> str:
    """SELECT of family_id and y. UserError for a column that lacks, or a value that is no number
    of 0 or more, with its line."""
    con = opened.steps.con
    rows = f"read_csv('{quoted(file)}', all_varchar = true, header = true, strict_mode = true)"
    try:
        there = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()}
    except Exception as error:
        raise UserError(f"not readable as CSV: {error}", file=file) from None
    keys = next((some for some in (BY_FAMILY, BY_RECORD) if set(some) <= there), None)
    if keys is None or VALUE not in there:
        lacks = VALUE if keys is not None else "family_id, or source and source_id"
        raise UserError(f"lacks the column {lacks}", file=file, todo=nearest(VALUE, there))
    listed = ", ".join(keys)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _file AS SELECT {listed}, trim({VALUE}) AS written, "
        f"try_cast(trim({VALUE}) AS DOUBLE) AS y, row_number() OVER () + 1 AS line FROM {rows}"
    )
    _refuse_no_number(opened, file)
    found = "_file"
    if keys == BY_RECORD:
        crosswalk = opened.run.scan("resolve", "crosswalk")
        same = "x.source = t.source AND x.source_id = t.source_id"
        found = f"(SELECT x.family_id, t.y FROM _file AS t JOIN {crosswalk} AS x ON {same})"
    return (
        f"SELECT family_id, CASE WHEN min(y) = max(y) THEN min(y) END AS y FROM {found} "
        "WHERE family_id IS NOT NULL GROUP BY family_id"
    )


def _refuse_no_number(opened: Opened, file: Path) -> None:
    wrong = opened.steps.con.execute(
        "SELECT line, written FROM _file WHERE coalesce(written, '') <> '' "
        "AND (y IS NULL OR y < 0 OR NOT isfinite(y)) ORDER BY line LIMIT 1"
    ).fetchone()
    if wrong is not None:
        what, todo = "no number of 0 or more", "Leave it empty where it is not known"
        raise UserError(what, file=file, line=wrong[0], column=VALUE, value=wrong[1], todo=todo)
