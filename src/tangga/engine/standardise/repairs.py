"""Rows that come back repaired, in a further file of their source.

`tangga quarantine` writes rows that could not stand as a workbook in the source's own columns.
Mended and put beside the old file, each row says which one it came for (FILE, LINE). The old file
stays as received, and nobody is counted twice:

- a quarantined row for which another came back is *replaced*: it stays in the quarantine, and its
  `replaced_by` names the row that came for it;
- of several rows for one, the first that can stand does (in order of file and line); the others are
  put aside as `repaired_twice`;
- a row for one that is not in quarantine is put aside as `not_in_quarantine`: that one stands, or
  its file is no longer there.

So rows in = rows accepted + rows quarantined holds as ever, repaired rows among them.
"""

from __future__ import annotations

from dataclasses import replace

import duckdb
from sqlglot import exp

from tangga.engine.connection import quoted
from tangga.engine.descriptor import Descriptor
from tangga.engine.standardise.expressions import cell, render, sql, text
from tangga.engine.standardise.source import Source, all_rows, nobody_rows

OURS = "_tangga_"
"""Columns whose name begins so are ours: they say what a row is, and belong to nobody's record."""
FILE, LINE = "_tangga_file", "_tangga_line"
REPLACED = "replaced_rows"
CAME_BACK, ASIDE_OF = "came_back", "aside_of_repair"
PLACE = "file || ':' || line"


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table in which replaced rows of all sources are gathered."""
    con.execute(
        f"CREATE TEMP TABLE {REPLACED} (source VARCHAR, file VARCHAR, line BIGINT, instead VARCHAR)"
    )


def own_columns(names: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a source without ours."""
    return tuple(name for name in names if not name.casefold().startswith(OURS))


def origin(names: tuple[str, ...]) -> str | None:
    """The column that says from which file a row came back; None where no row did."""
    return next((name for name in names if name.casefold() == FILE), None)


def said_by_origin(of: Descriptor, column: str | None) -> Descriptor:
    """The source with what file names say taken from a row's first file."""
    if column is None:
        return of
    columns = {
        name: replace(mapping, origin=column) if mapping.in_file is not None else mapping
        for name, mapping in of.columns.items()
    }
    return replace(of, columns=columns)


def settle(
    con: duckdb.DuckDBPyConnection, source: Source, names: tuple[str, ...], broken: str | None
) -> Source:
    """The source without rows that came back for nothing; notes what is replaced by what.

    names: all columns of the raw rows. broken: the quarantine of ingest, to SELECT from.
    """
    there = {name.casefold(): name for name in names}
    if FILE not in there or LINE not in there:
        return source
    _find(con, source, there[FILE], there[LINE], broken)
    gave_way = f"SELECT {_text(source.name)}, file, line, instead FROM ({_REPLACED})"
    con.execute(f"INSERT INTO {REPLACED} {gave_way}")
    left_out = con.execute(f"SELECT count(*) FROM {ASIDE_OF}").fetchall()[0][0]
    if not left_out:
        return source
    kept = (
        f"(SELECT * FROM {source.raw} "
        f'WHERE ("_file", "_line") NOT IN (SELECT file, line FROM {ASIDE_OF}))'
    )
    _put_aside(con, source)
    return replace(source, raw=kept, settled=True)


def _find(
    con: duckdb.DuckDBPyConnection, source: Source, file: str, line: str, broken: str | None
) -> None:
    """Make `came_back` (each such row, what it came for, whether it can stand) and what of it is
    of no use."""
    nobody = render(
        nobody_rows(source.raw, source.identifying()).select(cell("_file"), cell("_line"))
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE hopeless AS {nobody}")
    unread = f"UNION ALL SELECT file, line FROM {broken} WHERE source = {_text(source.name)}"
    unread = unread if broken else ""
    con.execute(
        f"""
CREATE OR REPLACE TEMP TABLE in_quarantine AS
SELECT "_file" AS file, "_line" AS line FROM hopeless
{unread}"""
    )
    con.execute(
        f"""
CREATE OR REPLACE TEMP TABLE {CAME_BACK} AS
SELECT r."_file" AS file, r."_line" AS line, trim(r."{file}") AS of_file,
       try_cast(trim(r."{line}") AS BIGINT) AS of_line, h."_line" IS NULL AS stands,
       q.line IS NOT NULL AS asked,
       trim(r."{file}") IN (SELECT DISTINCT "_file" FROM {source.raw}) AS known
FROM {source.raw} AS r
LEFT JOIN hopeless AS h ON h."_file" = r."_file" AND h."_line" = r."_line"
LEFT JOIN in_quarantine AS q
       ON q.file = trim(r."{file}") AND q.line = try_cast(trim(r."{line}") AS BIGINT)
WHERE coalesce(trim(r."{file}"), '') <> ''"""
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE {ASIDE_OF} AS {_OF_NO_USE}")


_FIRST = f"""
SELECT *, row_number() OVER (PARTITION BY of_file, of_line ORDER BY file, line) AS nth
FROM {CAME_BACK} WHERE stands AND asked"""
_OF_NO_USE = f"""
SELECT file, line, 'repaired_twice' AS problem FROM ({_FIRST}) WHERE nth > 1
UNION ALL
SELECT file, line, 'not_in_quarantine' FROM {CAME_BACK} WHERE stands AND NOT asked"""
_STANDING = f"SELECT of_file, of_line, {PLACE} AS instead FROM ({_FIRST}) WHERE nth = 1"
_LAST_TRY = f"""
SELECT of_file, of_line, arg_max({PLACE}, file || chr(1) || lpad(line::VARCHAR, 12, '0')) AS instead
FROM {CAME_BACK} WHERE asked AND NOT stands GROUP BY ALL"""
# What each row in quarantine gave way to: the row that stands for it, else the last try; a row that
# came back needlessly, to the one that stands.
_REPLACED = f"""
WITH for_it AS (
  SELECT of_file, of_line, coalesce(s.instead, t.instead) AS instead
  FROM ({_STANDING}) AS s FULL JOIN ({_LAST_TRY}) AS t USING (of_file, of_line)
)
SELECT of_file AS file, of_line AS line, instead FROM for_it
UNION ALL
SELECT c.file, c.line, f.instead FROM {CAME_BACK} AS c JOIN for_it AS f USING (of_file, of_line)
WHERE c.asked AND f.instead <> c.file || ':' || c.line
UNION ALL
SELECT file, line, of_file || ':' || of_line FROM came_back WHERE stands AND NOT asked AND known"""


def _put_aside(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    rows = all_rows(source.raw).join(
        exp.to_table(ASIDE_OF),
        on=sql(f"{ASIDE_OF}.file = :f AND {ASIDE_OF}.line = :l", f=cell("_file"), l=cell("_line")),
    )
    found = rows.select(
        exp.alias_(text(source.name), "source"),
        exp.alias_(cell("_file"), "file"),
        exp.alias_(cell("_line"), "line"),
        exp.alias_(exp.cast(exp.null(), "VARCHAR"), "field"),
        exp.alias_(exp.column("problem", table=ASIDE_OF), "problem"),
        exp.alias_(exp.cast(exp.null(), "VARCHAR"), "value"),
        exp.alias_(source.row_text(), "row"),
    )
    con.execute(f"INSERT INTO aside BY NAME {render(found)}")


def _text(value: str) -> str:
    return f"'{quoted(value)}'"
