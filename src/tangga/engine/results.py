"""A folder of results beside the runs: a forecast, a simulation, a plan that was worked out.

    with new_results(DIR / "forecast") as folder:
        folder.table("by_month", relation, con)
        folder.text("report.id.md", text)

Everything is written below a name of its own first, and the folder appears, whole, by a rename:
what fails leaves the folder of before as it was. A file `manifest.json` says what it rests on.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

import tangga
from tangga.errors import UserError
from tangga.hashing import sha256

MANIFEST = "manifest.json"
OURS = ".tangga-results"
"""A file that says: this folder was written here, and may be replaced."""


@dataclass
class Results:
    """A folder that is being written. about: what `manifest.json` will say."""

    dir: Path
    about: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def table(self, name: str, sql: str, con: duckdb.DuckDBPyConnection) -> int:
        """Write a SELECT as `NAME.parquet` and `NAME.csv`, in its own order; returns its rows."""
        con.execute(f"CREATE OR REPLACE TEMP TABLE _result AS {sql}")
        for suffix, how in (("parquet", "PARQUET, COMPRESSION ZSTD"), ("csv", "CSV, HEADER")):
            path = self.dir / f"{name}.{suffix}"
            con.execute(f"COPY _result TO '{path}' (FORMAT {how})")
        ((rows,),) = con.execute("SELECT count(*) FROM _result").fetchall()
        con.execute("DROP TABLE _result")
        self.rows[name] = int(rows)
        return int(rows)

    def text(self, name: str, text: str) -> Path:
        """Write a text; folders in its name are made."""
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(text, encoding="utf-8")
        return path


@contextmanager
def new_results(folder: Path, about: Mapping[str, Any] | None = None) -> Iterator[Results]:
    """A folder of results that appears when the block has ended well, in the place of an older one.

    about: goes into `manifest.json`, with the program's version, the rows and a sha256 of every
    file. UserError where the folder holds something that no command here wrote.
    """
    _check_free(folder)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = folder.parent / f".{folder.name}.{os.getpid()}.tmp"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    try:
        results = Results(unfinished, dict(about or {}))
        yield results
        _write_manifest(results)
        _replace(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _check_free(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UserError("is a file, where a folder is to be", file=folder)
    if any(folder.iterdir()) and not (folder / OURS).is_file():
        todo = "Name another folder, or empty it yourself"
        raise UserError("holds files that this command did not write", file=folder, todo=todo)


def _write_manifest(results: Results) -> None:
    (results.dir / OURS).write_text("", encoding="utf-8")
    files = sorted(f for f in results.dir.rglob("*") if f.is_file() and f.name != OURS)
    hashes = {str(file.relative_to(results.dir)): sha256(file) for file in files}
    said = {"program": tangga.__version__, **results.about, "rows": results.rows, "files": hashes}
    results.text(MANIFEST, json.dumps(said, indent=2, ensure_ascii=False, default=str) + "\n")


def _replace(unfinished: Path, folder: Path) -> None:
    """A folder cannot be renamed over a full one: the old one steps aside first."""
    aside = folder.parent / f".{folder.name}.{os.getpid()}.old"
    if folder.exists():
        folder.rename(aside)
    unfinished.rename(folder)
    shutil.rmtree(aside, ignore_errors=True)
