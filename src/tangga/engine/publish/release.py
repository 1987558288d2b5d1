"""Writes a release: one Parquet file a table, and a manifest with the class of every column."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from tangga.engine import tables
from tangga.engine.catalogue import Run
from tangga.engine.connection import quoted
from tangga.engine.publish.counted import REHABILITATION, case_programmes, small_measures
from tangga.engine.publish.pieces import STAGE, pieces, room
from tangga.engine.publish.spec import CASE, MASKED_OF, Released, of_one, released
from tangga.engine.publish.views import VIEWS, masked, rests_on_cases, whole
from tangga.errors import UserError
from tangga.hashing import sha256
from tangga.registry.model import Pack
from tangga.rules.on_date import OnDate

MANIFEST = "manifest.json"
_FORMAT = "FORMAT parquet, COMPRESSION zstd"
RUNG, TRACK = "rung", "track"
NEED = {"visits_asked": 20_000, "decisions": 20_000}
"""View -> bytes of memory that the rows of a family need at most, of views whose text is long
(measured). They are cut by family; the first column of their key must be its id."""
LISTS = {"waiting": ("waits", "programme", 280)}
"""View -> the table of the plan that it is made of, by what its lists are told apart (the first
column of its key), and bytes of memory that a row needs (measured at ten million people: 9 million
rows, 2.5 GB). Where that is too much, each list is put in order alone."""
BATCH = 8192
"""Rows of a table that is cut which are written at once."""


@dataclass(frozen=True)
class Table:
    """One file as it is to be written. columns: name -> class. sql: its rows in its order; of a
    table that is cut, those of each piece, one after another."""

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    unique: bool
    sql: tuple[str, ...]


@dataclass(frozen=True)
class Writer:
    """From what a release is made. told: called with the name of each table that is written."""

    run: Run
    today: OnDate
    pack: Pack
    con: duckdb.DuckDBPyConnection
    told: Callable[[str], None] = lambda _table: None

    def tables(self) -> Iterator[Table]:
        """Every table that this run holds anything for."""
        for table in released():
            rows = self._rows(table)
            if rows is None:
                continue
            columns = self._columns(table, rows)
            if columns:
                yield from self._whole_or_cut(table, columns)

    def _whole_or_cut(self, table: Released, columns: dict[str, str]) -> Iterator[Table]:
        """The files of a table; where its rows are made of much text, in pieces that fit."""
        cut = (writer._of(part, columns) for writer, part in self._cut(table))
        for same in zip(*cut, strict=True):
            yield replace(same[0], sql=tuple(sql for piece in same for sql in piece.sql))

    def _cut(self, table: Released) -> list[tuple[Writer, Released]]:
        """The pieces of a table: by family, by list, or one."""
        if of_family := NEED.get(table.view, 0):
            runs = pieces(self.run, self.con, of_family)
            return [(replace(self, run=run), table) for run in runs]
        lists = self._lists(*LISTS[table.view]) if table.view in LISTS and not table.rows else []
        return [(self, replace(table, rows=one)) for one in lists] or [(self, table)]

    def _lists(self, made_of: str, column: str, of_row: int) -> list[str]:
        """A condition for each list, in their order; [] where all of them fit."""
        rows = self.con.execute(
            f"SELECT {column}, count(*) FROM {self.run.scan(STAGE, made_of)} "
            f"GROUP BY ALL ORDER BY {column}"
        ).fetchall()
        if sum(n for _, n in rows) * of_row <= room(self.con):
            return []
        return [f"{column} = '{quoted(name)}'" for name, _ in rows]

    def _of(self, table: Released, columns: dict[str, str]) -> Iterator[Table]:
        rows = self._rows(table)
        assert rows is not None
        yield from self._files(table, rows, columns)

    def _rows(self, table: Released) -> str | None:
        """The SELECT of all rows of a table; None where this run has no such table."""
        try:
            if table.view:
                sql = VIEWS[table.view](self.run, self.today)
                return f"SELECT * FROM ({sql})"
            if tables.exists(self.run.folder / table.stage / table.table):
                return f"SELECT * FROM {self.run.scan(table.stage, table.table)}"
        except UserError:
            return None
        return None

    def _columns(self, table: Released, rows: str) -> dict[str, str]:
        """What of it is released, each with its class."""
        found = {}
        for name, *_ in self.con.execute(f"DESCRIBE {rows}").fetchall():
            privacy = table.class_of(name, self.pack)
            if privacy is not None:
                found[name] = CASE if table.split == "all" else privacy
        return found

    def _files(self, table: Released, rows: str, columns: dict[str, str]) -> Iterator[Table]:
        """The table, and beside it what of it only the case team may see."""
        rows += f" WHERE {table.rows}" if table.rows else ""
        key = tuple(name for name in table.key if name in columns)
        if table.split == "all":
            yield self._table(table, table.name, columns, key, f"({rows})", columns)
            return
        case = self._case(table, columns)
        shown = {name: c for name, c in columns.items() if c != CASE}
        openly = f"(SELECT * FROM ({rows}) WHERE NOT ({case}))" if table.split else f"({rows})"
        if table.split == "focus":
            openly = f"({rows})"
        if table.split in (TRACK, RUNG) and self._in_place(table):
            kept = (
                f"NOT coalesce({TRACK} = '{REHABILITATION}', FALSE)" if TRACK in columns else "TRUE"
            )
            hidden = f"nullif({RUNG}, '{REHABILITATION}') AS {RUNG}"
            openly = f"(SELECT * REPLACE ({hidden}) FROM ({rows}) WHERE {kept})"
        yield self._table(table, table.name, shown, key, openly, shown)
        if table.split or len(shown) < len(columns):
            closed = dict.fromkeys(columns, CASE)
            own = self._whole(table, rows)
            sql = f"(SELECT * FROM ({own}) WHERE {self._closed(table, case, columns)})"
            yield self._table(table, f"{table.name}_{CASE}", closed, key, sql, columns)

    def _in_place(self, table: Released) -> bool:
        """Whether a row stays in view without the rung (a state), or goes with it (an event)."""
        return RUNG in table.classes

    def _case(self, table: Released, columns: dict[str, str]) -> str:
        """Which rows speak of rehabilitation."""
        if table.split == "programme":
            return _one_of("programme", case_programmes(self.today))
        if table.split == "measure":
            return _one_of("measure", small_measures(self.today))
        if table.split == "focus":
            return _one_of("focus", frozenset([REHABILITATION]))
        named = [
            f"coalesce({c} = '{REHABILITATION}', FALSE)" for c in (TRACK, RUNG) if c in columns
        ]
        return " OR ".join(named) if table.split and named else "FALSE"

    def _closed(self, table: Released, case: str, columns: dict[str, str]) -> str:
        """Rows of the case team's own file: these, and those with something of class case."""
        programmes, moves = rests_on_cases(self.today)
        more = [f'"{name}" IS NOT NULL' for name, privacy in columns.items() if privacy == CASE]
        if table.name == "decisions":
            more.append(_one_of("programme", programmes))
        if table.name == "moves":
            more.append(_one_of("move", moves))
        return " OR ".join([f"({case})", *more])

    def _whole(self, table: Released, rows: str) -> str:
        """The rows with all of their reasons."""
        if table.name == "foci":
            return f"SELECT * FROM {self.run.scan(table.stage, table.name)}"
        if table.name not in ("decisions", "moves"):
            return rows
        where = f" WHERE {table.rows}" if table.rows else ""
        return f"SELECT * FROM ({whole(table.name)(self.run, self.today)}){where}"

    def _table(
        self,
        table: Released,
        name: str,
        columns: dict[str, str],
        key: tuple[str, ...],
        source: str,
        listed: dict[str, str],
    ) -> Table:
        shown = {one: self._shown(table, one) for one in listed}
        told = ", ".join(f'{sql} AS "{one}"' for one, sql in shown.items() if sql is not None)
        order = ", ".join(f'"{one}" NULLS FIRST' for one in key) if key and table.unique else "ALL"
        kept = {one: columns[one] for one, sql in shown.items() if sql is not None}
        sql = f"SELECT {told} FROM {source} ORDER BY {order}"
        return Table(name, kept, key, table.unique, (sql,))

    def _shown(self, table: Released, name: str) -> str | None:
        column = self.pack.tables[MASKED_OF].columns.get(of_one(name)) if table.masked else None
        if column is None or name in table.classes:
            return f'"{name}"'
        return masked(column, f'"{name}"', table.masked)


def _one_of(column: str, values: frozenset[str]) -> str:
    listed = ", ".join(f"'{quoted(one)}'" for one in sorted(values))
    return f"coalesce({column} IN ({listed}), FALSE)" if listed else "FALSE"


def write_tables(writer: Writer, folder: Path) -> dict[str, Any]:
    """Write every table into a folder; returns what the manifest says of each."""
    said: dict[str, Any] = {}
    for table in writer.tables():
        file = folder / f"{table.name}.parquet"
        con = writer.con
        rows = write_rows(con, table.sql, file)
        kinds = con.execute(f"DESCRIBE SELECT * FROM read_parquet('{quoted(file)}')").fetchall()
        said[table.name] = {
            "file": file.name,
            "rows": int(rows),
            "bytes": file.stat().st_size,
            "sha256": sha256(file),
            "key": list(table.key),
            "unique": table.unique,
            "columns": {
                name: {"type": kind, "privacy": table.columns[name]} for name, kind, *_ in kinds
            },
        }
        writer.told(table.name)
    return said


def write_rows(con: duckdb.DuckDBPyConnection, sql: Sequence[str], file: Path) -> int:
    """Write the rows of one SELECT, or of several one after another; returns how many."""
    if len(sql) == 1:
        to = f"COPY ({sql[0]}) TO '{quoted(file)}' ({_FORMAT})"
        return int(con.execute(to).fetchall()[0][0])
    rows = 0
    with ExitStack() as files:
        out: pq.ParquetWriter | None = None
        for piece in sql:
            found = con.execute(piece).to_arrow_reader(BATCH)
            if out is None:
                out = files.enter_context(pq.ParquetWriter(file, found.schema, compression="zstd"))
            for batch in found:
                out.write_batch(batch)
                rows += batch.num_rows
    return rows


def write_manifest(folder: Path, said: dict[str, Any]) -> None:
    """Write `manifest.json`: the same bytes for the same release."""
    text = json.dumps(said, indent=2, ensure_ascii=False, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
