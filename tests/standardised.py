"""A workspace from texts, run through ingest and standardise for one test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tangga.engine import ingest, standardise
from tangga.engine.context import Context
from tangga.engine.workspace import load_workspace
from tangga.registry import PROBLEMS

PEOPLE = """
kind = "people"
files = ["{name}*.csv"]
as_of = 2025-06-30
trust = 40
id = "id"
[columns]
nik = "nik"
kk = "kk"
name = "nama"
sex = {{ column = "jk", codes = {{ L = "male", P = "female" }} }}
birth_date = "tgl"
village = {{ column = "desa", system = "kemendagri" }}
"""
HEADER = "id,nik,kk,nama,jk,tgl,desa\n"


@dataclass
class Standardised:
    """What a run of standardise wrote."""

    ctx: Context
    counts: dict[str, int]

    def table(self, name: str, order: str = "ALL") -> list[dict[str, Any]]:
        """All rows of a table, ordered."""
        with duckdb.connect() as con:
            scan = self.ctx.scan("standardise", name)
            return con.sql(f"SELECT * FROM {scan} ORDER BY {order}").to_arrow_table().to_pylist()

    def records(self) -> dict[str, dict[str, Any]]:
        """Records by their source's id."""
        return {row["source_id"]: row for row in self.table("records")}

    def problems(self) -> set[tuple[str, str, str, str | None]]:
        """(source_id, field, problem, value) of every problem."""
        rows = self.table("problems")
        assert {row["problem"] for row in rows} <= PROBLEMS.keys()
        return {(r["source_id"], r["field"], r["problem"], r["value"]) for r in rows}


def standardised(
    folder: Path,
    files: Mapping[str, str],
    descriptors: Mapping[str, str] | None = None,
    *,
    pack: str = "indonesia",
    threads: int = 2,
) -> Standardised:
    """Run ingest and standardise over these files; descriptors: source -> text of its file."""
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    (folder / "tangga.toml").write_text(f'name = "Contoh"\npack = "{pack}"\nas_of = 2026-01-31\n')
    for name, text in (descriptors or {"s": PEOPLE.format(name="s")}).items():
        (folder / "sources" / f"{name}.toml").write_text(text)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    ctx = Context(load_workspace(folder), folder / "runs" / "1", threads=threads)
    ingest.run(ctx)
    return Standardised(ctx, standardise.run(ctx))
