"""The quarantine of one source as a file to repair: its own columns, and why each row stands there.

Or its rows that stand and are about nobody in the register: to look at, not to send back.

What comes back in a further file of the source is read by standardise/repairs.py.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from tangga.engine import catalogue, quarantine_sheet, show, unidentified
from tangga.engine.current import last_complete
from tangga.engine.descriptor import Descriptor
from tangga.engine.export import check_target
from tangga.engine.standardise.repairs import FILE, LINE, OURS
from tangga.engine.workspace import load_workspace
from tangga.errors import UserError
from tangga.texts import both
from tangga.texts import catalogue as texts

SOURCE, PROBLEM, WHOLE = f"{OURS}source", f"{OURS}problem", f"{OURS}row"
ADDED = (PROBLEM, WHOLE, SOURCE, FILE, LINE)
"""Behind the source's own columns: what is wrong, the row as it was received where it could not be
cut into cells, and where it stands. Whoever repairs leaves the last three alone."""
Row = list[str | None]

WHO = ("nik", "kk", "name")
MEND = {"nobody": WHO, unidentified.PROBLEM: WHO}
"""Problem -> the registry's columns in which it is; of any other it may be in each cell."""


@dataclass(frozen=True)
class Book:
    """What is written. mend: a row's number -> the source's columns in which its mistake is."""

    source: str
    columns: list[str]
    added: tuple[str, ...]
    rows: list[Row]
    mend: list[tuple[str, ...]]
    sheet: str
    mark: str | None


@dataclass(frozen=True)
class Held:
    """One row of the quarantine that nothing came back for."""

    file: str
    line: int
    problem: str
    text: str


def quarantine_book(
    directory: Path,
    source: str,
    to: Path,
    *,
    file: str | None = None,
    mark: str | None = None,
    unknown: bool = False,
) -> int:
    """Write the open quarantine of a source; returns its rows.

    file: only rows of this file of the source. mark: who takes it and why, for a workbook.
    unknown: instead, its accepted rows about people whom the register does not know. Raises
    UserError where the last complete run has no such source.
    """
    check_target(directory, to)
    run = last_complete(directory)
    con = show.reader(run)
    _must_be(con, run, source)
    held = _unknown(con, run, source, file) if unknown else _held(con, run, source, file)
    columns = _columns(con, run, source)
    added = (PROBLEM,) if unknown else ADDED
    width = len(columns) + len(added)
    rows = [row[:width] for row in _rows(con, run, source, held, columns)]
    of = _descriptor(directory, source)
    mend = [_mend(one, of, columns) for one in held]
    sheet = (of.sheet if of else None) or ""
    book = Book(source, columns, added, rows, mend, sheet, mark)
    unfinished = to.with_name(f".{to.name}.tmp")
    try:
        WRITERS[to.suffix.lower()](unfinished, book)
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)
    return len(rows)


def _descriptor(directory: Path, source: str) -> Descriptor | None:
    """The source as it is described now; None where it is there no more."""
    found = (one for one in load_workspace(directory).sources if one.name == source)
    return next(found, None)


def _mend(held: Held, of: Descriptor | None, columns: list[str]) -> tuple[str, ...]:
    names = MEND.get(held.problem, ()) if of is not None else ()
    asked = {c for name in names if name in of.columns for c in of.columns[name].source_columns()}
    return tuple(column for column in columns if column in asked)


def _must_be(con: duckdb.DuckDBPyConnection, run: Path, source: str) -> None:
    known = con.execute(
        f"SELECT DISTINCT source FROM ({catalogue.relation(run, 'files')}) AS t ORDER BY 1"
    ).fetchall()
    if (source,) not in known:
        names = ", ".join(name for (name,) in known)
        raise UserError("no such source in the last run", value=source, todo=f"Sources: {names}")


def _unknown(
    con: duckdb.DuckDBPyConnection, run: Path, source: str, file: str | None
) -> list[Held]:
    found = unidentified.places(con, run, source, file)
    return [Held(name, line, unidentified.PROBLEM, "") for name, line in found]


def _held(con: duckdb.DuckDBPyConnection, run: Path, source: str, file: str | None) -> list[Held]:
    query = (
        f"SELECT file, line, problem, row FROM ({catalogue.relation(run, 'quarantine')}) AS q "
        "WHERE source = ? AND replaced_by IS NULL AND (? IS NULL OR file = ?) ORDER BY file, line"
    )
    return [Held(*row) for row in con.execute(query, [source, file, file]).fetchall()]


def _raw(run: Path, source: str) -> str:
    return f"({catalogue.relation(run, f'ingest/raw_{source}')})"


def _columns(con: duckdb.DuckDBPyConnection, run: Path, source: str) -> list[str]:
    named = (name for name, _ in show.described(con, f"SELECT * FROM {_raw(run, source)} AS t"))
    return [n for n in named if n not in ("_file", "_line") and not n.casefold().startswith(OURS)]


def _rows(
    con: duckdb.DuckDBPyConnection, run: Path, source: str, held: list[Held], columns: list[str]
) -> Iterator[Row]:
    """Cells as received where the row was read; cut as well as can be where it was not."""
    cells = _read(con, run, source, held, columns)
    signs = _delimiters(con, run, source)
    for one in held:
        own = cells.get((one.file, one.line))
        broken = own is None
        if own is None:
            own = _cut(one.text, signs.get(one.file) or ",", len(columns))
        yield [
            *own,
            _why(one.problem),
            one.text if broken else None,
            source,
            one.file,
            str(one.line),
        ]


def _read(
    con: duckdb.DuckDBPyConnection, run: Path, source: str, held: list[Held], columns: list[str]
) -> dict[tuple[str, int], Row]:
    wanted = pa.table(
        {
            "file": pa.array([one.file for one in held], pa.string()),
            "line": pa.array([one.line for one in held], pa.int64()),
        }
    )
    listed = ", ".join(f'r."{name.replace(chr(34), chr(34) * 2)}"' for name in columns)
    con.register("wanted", wanted)
    found = con.execute(
        f'SELECT r."_file", r."_line", {listed} FROM {_raw(run, source)} AS r '
        'JOIN wanted AS w ON w.file = r."_file" AND w.line = r."_line"'
    ).fetchall()
    return {(row[0], row[1]): list(row[2:]) for row in found}


def _delimiters(con: duckdb.DuckDBPyConnection, run: Path, source: str) -> dict[str, str | None]:
    query = (
        f"SELECT file, delimiter FROM ({catalogue.relation(run, 'files')}) AS t WHERE source = ?"
    )
    return dict(con.execute(query, [source]).fetchall())


def _cut(text: str, sign: str, width: int) -> Row:
    try:
        cells = next(csv.reader([text.replace("\0", "")], delimiter=sign), [])
    except csv.Error:
        cells = text.split(sign)
    return [*cells, *[None] * width][:width]


def _why(problem: str) -> str:
    key = f"problem.{problem}"
    return both(key, between=" / ") if key in texts() else problem


def _write_xlsx(to: Path, book: Book) -> None:
    steps = quarantine_sheet.REPAIR if book.added == ADDED else quarantine_sheet.LOOK
    about = quarantine_sheet.Sheet(
        book.columns, PROBLEM, book.added, book.source, steps, book.sheet
    )
    pairs = zip(book.rows, book.mend, strict=True)
    held = [quarantine_sheet.Held(cells, mend) for cells, mend in pairs]
    quarantine_sheet.write(to, about, held, book.mark)


def _table(book: Book) -> pa.Table:
    names = [*book.columns, *book.added]
    arrays = [pa.array([row[n] for row in book.rows], pa.string()) for n in range(len(names))]
    return pa.Table.from_arrays(arrays, names=names)


def _write_csv(to: Path, book: Book) -> None:
    pyarrow.csv.write_csv(_table(book), str(to))


def _write_parquet(to: Path, book: Book) -> None:
    pyarrow.parquet.write_table(_table(book), str(to))


WRITERS: dict[str, Callable[[Path, Book], None]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".parquet": _write_parquet,
}
