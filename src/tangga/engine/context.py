"""What a stage is given: the workspace, its folders, and its limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from tangga.engine import tables
from tangga.engine.connection import connect

if TYPE_CHECKING:
    from tangga.engine.schedule import Scheduler
    from tangga.engine.workspace import Workspace


Scan = Callable[[str], str]
Adjust = Callable[[str, Scan], str]
"""The SELECT of a step, and `scan` of its stage -> the SELECT that runs in its place."""


def silent(_step: str, _done: int, _total: int) -> None:
    """Progress for nobody."""


@dataclass(frozen=True)
class Context:
    """One run as its stages see it.

    run_dir: `WORKSPACE/runs/RUN`; a stage writes below `run_dir / STAGE` only.
    previous: the folder of the last complete run, or None.
    memory: DuckDB's limit in a form it reads, or None.
    parts: into how many parts keyed steps are cut; results do not depend on it. measured: by the
    memory that there is, not by who asked.
    scheduler: who executes the parts of a step; None: they run here, one after another.
    progress: called as (step, done, total); heavy steps call it now and then.
    adjust: `STAGE/STEP` -> what becomes of that step where a run sees a part of the register only
    and the rest is known from the run before.
    footers: many small steps look at the same large files (see `connect`).
    """

    workspace: Workspace
    run_dir: Path
    previous: Path | None = None
    threads: int = 2
    memory: str | None = None
    parts: int = 1
    measured: bool = False
    scheduler: Scheduler | None = None
    progress: Callable[[str, int, int], None] = field(default=silent)
    adjust: Mapping[str, Adjust] = field(default_factory=dict)
    footers: bool = False

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A database with the limits of this run."""
        spill = self.run_dir / ".spill"
        spill.mkdir(parents=True, exist_ok=True, mode=0o700)
        return connect(threads=self.threads, memory=self.memory, spill=spill, footers=self.footers)

    def table(self, stage: str, name: str) -> Path:
        """The folder of a table of this run."""
        return self.run_dir / stage / name

    def scan(self, stage: str, name: str) -> str:
        """A table of this run as something to SELECT from."""
        return tables.scan(self.table(stage, name))

    def save_sql(self, stage: str, name: str, sql: str) -> str:
        """Keep SQL that follows from a pack under `sql/`, readable; returns it unchanged."""
        folder = self.run_dir / "sql" / stage
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / f"{name}.sql").write_text(sql.rstrip() + "\n", encoding="utf-8")
        return sql
