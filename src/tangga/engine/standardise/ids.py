"""Ids of source rows: the source's own, or a hash of the cells; repeats told apart by content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from tangga.engine.standardise.expressions import cell, column, joined, render, sql, text, trimmed

if TYPE_CHECKING:
    from tangga.engine.standardise.source import Source

UNIT = "\x1f"
REPEATS = "repeats"


def natural_id(columns: Sequence[str], cells: Sequence[str]) -> exp.Expression:
    """The id of a row as it stands: its id columns joined by `-`, else a hash of all cells."""
    hashed = sql("left(sha256(:t), 16)", t=content(cells))
    stated = stated_id(columns)
    return hashed if stated is None else exp.Coalesce(this=stated, expressions=[hashed])


def stated_id(columns: Sequence[str]) -> exp.Expression | None:
    """The id columns joined by `-`; NULL in SQL where all are empty, None where none is stated."""
    if not columns:
        return None
    if len(columns) == 1:
        return trimmed(cell(columns[0]))
    whole = joined([trimmed(cell(name)) for name in columns], "-")
    return sql("nullif(:t, :empty)", t=whole, empty=text("-" * (len(columns) - 1)))


def content(cells: Sequence[str]) -> exp.Expression:
    """Everything a row says, as one text; the order of columns in a file does not matter."""
    return joined([cell(name) for name in sorted(cells)], UNIT)


def find_repeats(con: duckdb.DuckDBPyConnection, source: Source, *, stated: bool) -> bool:
    """Make the table `repeats` of all rows whose id is not theirs alone; False if there are none.

    Columns: `file, line, source_id` (with `#2`, or `-2` for rows without an id of their own),
    `natural_id, latest, version` (NULL for the latest), `repeated` (another row of the same day
    has the same id).
    """
    rows, id = source.rows(), source.natural_id()
    several = render(_several(rows, id))
    con.execute(f"CREATE OR REPLACE TEMP TABLE several AS {several}")
    if not con.execute("SELECT count(*) FROM several").fetchall()[0][0]:
        return False
    few = (
        source.with_as_of(rows)
        .select(
            exp.alias_(cell("_file"), "file"),
            exp.alias_(cell("_line"), "line"),
            exp.alias_(id.copy(), "natural_id"),
            exp.alias_(source.as_of_value(at_once=True), "as_of"),
            exp.alias_(content(source.cells), "content"),
        )
        .where(sql("hash(:t) IN (SELECT key FROM several)", t=id))
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE few AS {render(few)}")
    sign = "#" if stated else "-"
    con.execute(f"CREATE OR REPLACE TEMP TABLE {REPEATS} AS {_numbered(sign)}")
    while _taken(con, rows, id):
        sign += sign[0]
        con.execute(f"CREATE OR REPLACE TEMP TABLE {REPEATS} AS {_numbered(sign)}")
    return True


def _taken(con: duckdb.DuckDBPyConnection, rows: exp.Select, id: exp.Expression) -> bool:
    """Whether a row of the source already bears an id that was made for a repeat."""
    made = f"SELECT source_id FROM {REPEATS} WHERE source_id <> natural_id"
    found = rows.copy().select("count(*)").where(sql(f":t IN ({made})", t=id))
    return bool(con.execute(render(found)).fetchall()[0][0])


def _several(rows: exp.Select, id: exp.Expression) -> exp.Select:
    """Hashes of ids that more than one row may have."""
    key = sql("hash(:t)", t=id)
    return (
        rows.copy().select(exp.alias_(key, "key")).group_by(key.copy()).having(sql("count(*) > 1"))
    )


def _numbered(sign: str) -> str:
    return f"""
SELECT file, line, natural_id, latest, nth > 1 OR again AS repeated,
       concat(natural_id, CASE WHEN nth > 1 THEN concat('{sign}', nth) END) AS source_id,
       CASE WHEN NOT latest THEN coalesce(CAST(as_of AS VARCHAR), '') END AS version
FROM (
  SELECT *, count(*) OVER (PARTITION BY natural_id) AS n,
         count(*) OVER (PARTITION BY natural_id, as_of) > 1 AS again,
         row_number() OVER (PARTITION BY natural_id, as_of ORDER BY content, file, line) AS nth,
         coalesce(as_of, DATE '0001-01-01')
           = max(coalesce(as_of, DATE '0001-01-01')) OVER (PARTITION BY natural_id) AS latest
  FROM few
)
WHERE n > 1"""


def record_id(
    source: str, source_id: exp.Expression, version: exp.Expression | None
) -> exp.Expression:
    """`rid`: 63 bits of md5 over source and id, and over the date of a superseded row."""
    parts = [text(source + UNIT), source_id]
    if version is not None:
        parts.append(sql(":u || :v", u=text(UNIT), v=version))
    whole = exp.Anonymous(this="concat", expressions=parts)
    return sql("CAST(md5_number_lower(:t) >> 1 AS BIGINT)", t=whole)


def has_empty(con: duckdb.DuckDBPyConnection, rows: exp.Select, columns: Sequence[str]) -> bool:
    """Whether some row lacks the id that its source states."""
    stated = stated_id(columns)
    if stated is None:
        return False
    empty = rows.copy().select(sql("count(*) - count(:s)", s=stated))
    return bool(con.execute(render(empty)).fetchall()[0][0])


def joined_repeats(rows: exp.Select) -> exp.Select:
    """The rows with the table `repeats` beside them."""
    on = exp.and_(
        exp.EQ(this=cell("_file"), expression=column("file", REPEATS)),
        exp.EQ(this=cell("_line"), expression=column("line", REPEATS)),
    )
    return rows.copy().join(exp.to_table(REPEATS), on=on, join_type="left")
