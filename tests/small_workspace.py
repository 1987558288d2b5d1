"""A workspace with one source, made for one test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tangga.engine import ingest
from tangga.engine.context import Context
from tangga.engine.ingest.limits import LIMITS, Limits
from tangga.engine.ingest.stage import run
from tangga.engine.workspace import load_workspace

TANGGA = 'name = "Contoh"\npack = "indonesia"\nas_of = 2026-01-31\n'
PEOPLE = """
kind = "people"
files = ["data/*"]
as_of = 2025-06-30
{more}
id = "id"
[columns]
nik = "nik"
name = "nama"
"""
HEADER = "id,nik,nama\n"
ROWS = "1,1811010101900001,SITI AMINAH\n2,1811010101900002,AGUS SALIM\n"


@dataclass
class Ingested:
    """What a run of ingest wrote."""

    ctx: Context
    counts: dict[str, int]

    def table(self, name: str) -> list[dict[str, Any]]:
        """All rows of a table, in the order of its files."""
        with duckdb.connect() as con:
            found = con.sql(f"SELECT * FROM {self.ctx.scan('ingest', name)}").to_arrow_table()
        return found.to_pylist()

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The accepted rows of the source `s`, without their file."""
        return [tuple(row.values())[1:] for row in self.table("raw_s")]

    @property
    def quarantine(self) -> list[tuple[Any, ...]]:
        """(line, problem, row) of each quarantined row."""
        return [(r["line"], r["problem"], r["row"]) for r in self.table("quarantine")]

    @property
    def files(self) -> list[dict[str, Any]]:
        """The table of files."""
        return self.table("files")


def workspace(folder: Path, files: dict[str, bytes | str], descriptor: str = PEOPLE) -> Path:
    """A workspace folder with the source `s` and its files below `data/`."""
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "tangga.toml").write_text(TANGGA)
    (folder / "sources" / "s.toml").write_text(descriptor)
    for name, content in files.items():
        content = content.encode() if isinstance(content, str) else content
        (folder / "data" / name).write_bytes(content)
    return folder


def read(
    folder: Path,
    files: dict[str, bytes | str],
    more: str = "",
    *,
    descriptor: str = PEOPLE,
    limits: Limits = LIMITS,
) -> Ingested:
    """Ingest files as the source `s`; `more` is added to the top of its descriptor."""
    workspace(folder, files, descriptor.replace("{more}", more))
    ctx = Context(load_workspace(folder), folder / "runs" / "1")
    return Ingested(ctx, ingest.run(ctx) if limits is LIMITS else run(ctx, limits))
