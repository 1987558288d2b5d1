"""The stage `ingest`: what did each source send? Rows exactly as received, none lost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa

from tangga.engine import tables
from tangga.engine.context import Context
from tangga.engine.descriptor import Descriptor
from tangga.engine.ingest.count import count_records
from tangga.engine.ingest.header import absent, check_columns, key
from tangga.engine.ingest.limits import LIMITS, Limits
from tangga.engine.ingest.parquet import read_parquet
from tangga.engine.ingest.part import PartWriter
from tangga.engine.ingest.probe import Input, probe
from tangga.engine.ingest.quarantine import Quarantine, write_empty, write_rows
from tangga.engine.ingest.sheet import Sheet, read_sheet
from tangga.engine.ingest.text import TextReader, TextTable
from tangga.engine.ingest.unpack import Found, unpack
from tangga.errors import BrokenFile, Conflict

STAGE = "ingest"
FILES = pa.schema(
    [
        ("source", pa.string()),
        ("file", pa.string()),
        ("sha256", pa.string()),
        ("bytes", pa.int64()),
        ("rows_in", pa.int64()),
        ("accepted", pa.int64()),
        ("quarantined", pa.int64()),
        ("format", pa.string()),
        ("encoding", pa.string()),
        ("delimiter", pa.string()),
        ("header_row", pa.int32()),
        ("status", pa.string()),
        ("reason", pa.string()),
        ("notes", pa.string()),
    ]
)
"""One row a file (or member of an archive). status: read, skipped. reason: why it was skipped.
notes: what its reader should know, one sentence a line. bytes and sha256 are of the content, as
unpacked."""
HOPELESS = 20
"""A file with at least so many rows of which none can stand is broken, not unlucky."""


def run(ctx: Context, limits: Limits = LIMITS) -> dict[str, int]:
    """Read every file of every source; returns the rows of each table written.

    Writes raw_SOURCE (accepted rows, all text, in file order), quarantine and files. What an
    earlier attempt left is removed first. Raises BrokenFile when a file is broken and its
    descriptor says stop, Conflict when rows were lost or doubled.
    """
    folder = ctx.run_dir / STAGE
    shutil.rmtree(folder, ignore_errors=True)
    scratch = ctx.run_dir / ".unpacked"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True, mode=0o700)
    try:
        readers = [SourceReader(ctx, source, scratch, limits) for source in ctx.workspace.sources]
        total = sum(path.stat().st_size for r in readers for path in r.source.files)
        done, parts = 0, count(1)
        for reader in readers:
            done = reader.read(parts, done, total)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    reports = [report for reader in readers for report in reader.reports]
    write_empty(folder / "quarantine", 0)
    write_rows(reports, FILES, folder / "files", 0)
    rows = {f"raw_{r.source.name}": r.total("accepted") for r in readers}
    quarantined = sum(reader.total("quarantined") for reader in readers)
    return {**rows, "quarantine": quarantined, "files": len(reports)}


@dataclass
class SourceReader:
    """Reads the files of one source.

    seen: hash of a file's content -> its name. headers: columns found in any file so far.
    """

    ctx: Context
    source: Descriptor
    scratch: Path
    limits: Limits
    reports: list[dict[str, Any]] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    headers: set[str] = field(default_factory=set)

    @property
    def raw(self) -> Path:
        """The folder of the table of accepted rows."""
        return self.ctx.table(STAGE, f"raw_{self.source.name}")

    def total(self, what: str) -> int:
        """A count of all files together."""
        return sum(report[what] for report in self.reports)

    def read(self, parts: Iterator[int], done: int, total: int) -> int:
        """Read all files; `parts` gives each the number of its part. Returns bytes done.

        A file that lacks a column waits until it is known whether another file has it.
        """
        waiting = []
        for path in self.source.files:
            waiting += list(self._read_path(path, parts))
            done += path.stat().st_size
            self.ctx.progress(STAGE, done, total)
        for path, part, name in waiting:
            list(self._read_path(path, iter([part]), only=name))
        if not tables.exists(self.raw):
            with PartWriter(self.raw, 0, "", list(self.source.source_columns()), self.limits):
                pass
        self.reports.sort(key=lambda report: str(report["file"]))
        return done

    def _read_path(
        self, path: Path, parts: Iterator[int], only: str | None = None
    ) -> Iterator[tuple[Path, int, str]]:
        """Read one file with all that is packed in it; yields what has to wait."""
        name = _shown_name(path, self.ctx.workspace.dir)
        found = unpack(
            path, name, self.scratch, self.limits, any_suffix=self.source.format is not None
        )
        try:
            for member in found:
                if only in (None, member.name):
                    part = next(parts)
                    if not self._read_member(member, part, last_chance=only is not None):
                        yield path, part, member.name
                _clear(self.scratch)
        except BrokenFile as error:
            self._skip(name, error)
        except PermissionError:
            self._skip(name, BrokenFile("this file may not be read", file=name))

    def _read_member(self, found: Found, part: int, *, last_chance: bool) -> bool:
        """Read one file; False when it has to wait."""
        try:
            opened = probe(found, self.source, self.scratch, self.limits)
            self.headers |= {key(name) for name in opened.header.names}
            elsewhere = frozenset(self.headers)
            if not last_chance:
                elsewhere |= {key(column) for column in self.source.source_columns()}
            notes = check_columns(opened.header, self.source, found.name, elsewhere)
            if absent(opened.header, self.source) and not last_chance:
                return False
            self._check_twice(opened)
            self._load(opened, part, [*opened.notes, *notes])
        except BrokenFile as error:
            self._skip(found.name, error)
        return True

    def _check_twice(self, opened: Input) -> None:
        first = self.seen.setdefault(opened.look.sha256, opened.name)
        if first != opened.name:
            what = f"the same file twice: its content is that of {first}"
            raise BrokenFile(what, file=opened.name, todo="Take one of them away")

    def _skip(self, name: str, error: BrokenFile) -> None:
        """Stop, or note that the file was left out, as the descriptor says."""
        if self.source.on_broken_file == "stop":
            raise error
        counts = dict.fromkeys(("rows_in", "accepted", "quarantined"), 0)
        report = {"status": "skipped", "reason": str(error)}
        self.reports.append({"source": self.source.name, "file": name, **counts, **report})

    def _load(self, opened: Input, part: int, notes: list[str]) -> None:
        """Read the rows of one file, and see that none is missing."""
        quarantine = Quarantine(
            self.source.name, opened.name, self.ctx.table(STAGE, "quarantine"), part, self.limits
        )
        try:
            names = opened.header.names
            with PartWriter(self.raw, part, opened.name, names, self.limits) as accepted:
                rows_in = self._read_rows(opened, accepted, quarantine)
                _check_counts(opened.name, rows_in, accepted.rows, quarantine)
        except BaseException:
            quarantine.drop()
            raise
        quarantine.close()
        notes = [*notes, *(["header only: no rows"] if rows_in == 0 else [])]
        self._report(opened, rows_in, accepted.rows, quarantine.rows, notes)

    def _read_rows(self, opened: Input, part: PartWriter, quarantine: Quarantine) -> int:
        """Read the rows; returns how many there are according to another reader."""
        if isinstance(opened.contents, TextTable):
            table = opened.contents
            TextReader(table, part, quarantine, self.limits).read()
            return count_records(table.path, table.offset, table.delimiter, self.limits)
        if isinstance(opened.contents, Sheet):
            read_sheet(opened.contents, part)
            return opened.contents.filled
        with self.ctx.connect() as con:
            read_parquet(con, opened.path, opened.name, opened.header, opened.contents, part)
        return opened.contents

    def _report(
        self, opened: Input, rows_in: int, accepted: int, quarantined: int, notes: list[str]
    ) -> None:
        text = opened.contents if isinstance(opened.contents, TextTable) else None
        self.reports.append(
            {
                "source": self.source.name,
                "file": opened.name,
                "sha256": opened.look.sha256,
                "bytes": opened.look.size,
                "rows_in": rows_in,
                "accepted": accepted,
                "quarantined": quarantined,
                "format": opened.format,
                "encoding": opened.encoding,
                "delimiter": text.delimiter if text else None,
                "header_row": opened.header.row,
                "status": "read",
                "notes": "\n".join(notes) or None,
            }
        )


def _check_counts(name: str, rows_in: int, accepted: int, quarantine: Quarantine) -> None:
    """Nothing lost, nothing doubled; and a file of which nothing can stand is broken."""
    if rows_in != accepted + quarantine.rows:
        counts = f"{accepted} accepted + {quarantine.rows} quarantined"
        raise Conflict(f"{name}: {rows_in} rows were sent, but {counts}")
    if accepted == 0 and rows_in >= HOPELESS:
        problem, rows = quarantine.problems.most_common(1)[0]
        what = f"none of its {rows_in} rows can stand ({problem}: {rows}"
        shown = f", for example {quarantine.example})" if quarantine.example else ")"
        raise BrokenFile(what + shown, file=name, todo="Mend the file or the descriptor")


def _shown_name(path: Path, folder: Path) -> str:
    """A file relative to the workspace, with `/` on every system."""
    return Path(os.path.relpath(path, folder)).as_posix()


def _clear(scratch: Path) -> None:
    for path in scratch.iterdir():
        path.unlink()
