"""The rows that are new: read and standardised by the ordinary stages, in a folder of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from tangga.engine import ingest, standardise, tables
from tangga.engine.adding.grown import Growth
from tangga.engine.adding.inputs import Changes, shown_name
from tangga.engine.adding.rebuild import Rebuild
from tangga.engine.connection import quoted
from tangga.engine.context import Context
from tangga.engine.counts import NOT_ROWS
from tangga.engine.descriptor import Descriptor
from tangga.engine.workspace import Workspace
from tangga.errors import TanggaError

ROUNDED = "rounded_number"
"""What a number is called in a file that a spreadsheet has rounded: a matter of the whole file."""


@dataclass(frozen=True)
class Batch:
    """ctx: a run over the new rows only. whole: the workspace with all that it has. before: the
    folder of the run that is added to. tails: name under which ingest read what was appended
    to a file -> the file itself."""

    ctx: Context
    whole: Workspace
    before: Path
    tails: dict[str, Growth]

    def tables(self, stage: str) -> list[str]:
        """The tables that the new rows fill."""
        return sorted(t.name for t in (self.ctx.run_dir / stage).iterdir() if tables.exists(t))

    def old(self, stage: str, table: str) -> str:
        """A table of the run that is added to, as something to SELECT from."""
        return tables.scan(self.before / stage / table)

    def new(self, stage: str, table: str) -> str:
        """The same table of the new rows."""
        return self.ctx.scan(stage, table)


def open_batch(ctx: Context, changes: Changes, before: Path) -> Batch:
    """A context that sees the new files, and the appended rows of grown ones, and nothing else."""
    scratch = ctx.run_dir / ".add"
    tails: dict[str, Growth] = {}
    sources = [
        _with_files(source, changes, scratch / "tails", tails, ctx.workspace)
        for source in ctx.workspace.sources
        if source.name in changes.sources()
    ]
    workspace = replace(ctx.workspace, sources=tuple(sources))
    run = scratch / ctx.run_dir.name
    run.mkdir(parents=True, mode=0o700)
    batch_ctx = replace(
        ctx,
        workspace=workspace,
        run_dir=run,
        previous=None,
        parts=1,
        scheduler=None,
        footers=True,
    )
    return Batch(batch_ctx, ctx.workspace, before, tails)


def _with_files(
    source: Descriptor,
    changes: Changes,
    scratch: Path,
    tails: dict[str, Growth],
    workspace: Workspace,
) -> Descriptor:
    files = list(changes.new.get(source.name, []))
    for growth in changes.grown.get(source.name, []):
        folder = scratch / source.name / str(len(tails))
        folder.mkdir(parents=True, mode=0o700)
        tail = folder / growth.path.name
        growth.write(tail)
        files.append(tail)
        tails[shown_name(tail, workspace)] = growth
    return replace(source, files=tuple(sorted(files)))


def read_batch(batch: Batch) -> dict[str, int]:
    """Run `ingest` over the new rows; returns its rows. Rebuild where they do not simply add."""
    try:
        rows = ingest.run(batch.ctx)
    except TanggaError as error:
        raise Rebuild("unreadable") from error
    with batch.ctx.connect() as con:
        _name_tails(con, batch)
    # Another connection: files have changed under their names.
    with batch.ctx.connect() as con:
        _check_files(con, batch)
        for source in batch.ctx.workspace.sources:
            _check_columns(con, batch, f"raw_{source.name}")
    return rows


def standardise_batch(batch: Batch) -> dict[str, int]:
    """Run `standardise` over the new rows; returns its rows. Rebuild where an id is there
    already: which row is the latest, or the second of that id, is a matter of all rows."""
    try:
        rows = standardise.run(batch.ctx)
    except TanggaError as error:
        raise Rebuild("unreadable") from error
    with batch.ctx.connect() as con:
        for table in batch.tables("standardise"):
            if table not in NOT_ROWS:
                _check_ids(con, batch, table)
        if batch.tails:
            _check_rounded(con, batch)
    return rows


def _name_tails(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Appended rows bear the name of their file, and the number of their line in it."""
    if not batch.tails:
        return
    for table in batch.tables("ingest"):
        name, line = ("_file", "_line") if table.startswith("raw_") else ("file", "line")
        folder = batch.ctx.table("ingest", table)
        changed = f"{_cases(name, batch.tails, 'name')} AS {name}"
        if table != "files":
            changed += f", {line} + {_cases(name, batch.tails, 'offset')} AS {line}"
        for part in folder.glob("part-*.parquet"):
            rows = f"SELECT * REPLACE ({changed}) FROM read_parquet('{quoted(part)}')"
            tables.write_file(con, rows, part)


def _cases(column: str, tails: dict[str, Growth], what: str) -> str:
    """The name of a file, or how many lines its rows stand further below than in the tail."""
    cases = " ".join(
        f"WHEN '{quoted(tail)}' THEN "
        + (f"'{quoted(growth.name)}'" if what == "name" else str(growth.lines - growth.header))
        for tail, growth in tails.items()
    )
    return f"CASE {column} {cases} ELSE {column if what == 'name' else 0} END"


def _check_files(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Every file was read; none has the content of another; a grown one reads as it did."""
    new, old = batch.new("ingest", "files"), batch.old("ingest", "files")
    found = con.execute(f"SELECT file FROM {new} WHERE status <> 'read' ORDER BY file").fetchall()
    twice = con.execute(
        f"SELECT n.file FROM {new} AS n SEMI JOIN {old} AS o "
        "ON n.source = o.source AND n.sha256 = o.sha256 ORDER BY n.file"
    ).fetchall()
    if found or twice:
        raise Rebuild("unreadable")
    read = con.execute(
        f"SELECT source, file, encoding, delimiter, header_row, format FROM {new}"
    ).fetchall()
    for growth in batch.tails.values():
        was = growth.was
        same = ("encoding", "delimiter", "header_row", "format")
        if (growth.source, growth.name, *(was[key] for key in same)) not in read:
            raise Rebuild("file_changed", file=growth.name)


def _check_columns(con: duckdb.DuckDBPyConnection, batch: Batch, table: str) -> None:
    """An id made of all cells rests on which columns there are, in any file of the source."""
    old, new = (
        {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()}
        for scan in (batch.old("ingest", table), batch.new("ingest", table))
    )
    if old != new:
        raise Rebuild("columns", source=table.removeprefix("raw_"))


def _check_ids(con: duckdb.DuckDBPyConnection, batch: Batch, table: str) -> None:
    new, old = batch.new("standardise", table), batch.old("standardise", table)
    found = con.execute(
        f"SELECT source FROM {new} SEMI JOIN {old} AS other USING (rid) ORDER BY source"
    ).fetchall()
    if found:
        raise Rebuild("ids", source=found[0][0], rows=len(found))


def _check_rounded(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    sources = sorted({growth.source for growth in batch.tails.values()})
    listed = ", ".join(f"'{quoted(source)}'" for source in sources)
    for problems in (batch.old("standardise", "problems"), batch.new("standardise", "problems")):
        found = con.execute(
            f"SELECT source FROM {problems} WHERE problem = '{ROUNDED}' AND source IN ({listed})"
        ).fetchall()
        if found:
            raise Rebuild("file_changed", file=found[0][0])
