"""The steps of a stage, whole or cut into parts, and who is given them to execute."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tangga.engine import tables
from tangga.engine.connection import quoted
from tangga.engine.context import Context
from tangga.engine.schedule import Limits, Task

NARROW = 3
"""How many times as many narrow rows as whole ones fit into the memory of a part (measured)."""


@dataclass(frozen=True)
class Part:
    """One of `of` parts of a keyed step."""

    index: int = 0
    of: int = 1

    def cut(self, key: str) -> str:
        """The condition that a row is in this part; `key` is a non-negative integer expression."""
        return "TRUE" if self.of == 1 else f"({key}) % {self.of} = {self.index}"


@dataclass(frozen=True)
class Spread:
    """Rows that lie apart by a key. whole: all of them, as something to SELECT from; apart: those
    of each part, none where nothing is cut."""

    whole: str
    apart: tuple[str, ...] = ()

    def of(self, part: Part) -> str:
        """The rows of a part by that key."""
        return self.apart[part.index] if len(self.apart) == part.of > 1 else self.whole


class Steps:
    """The steps of one stage, each one SELECT, whole or cut into parts.

    A step that only later steps of the stage read may be `scratch`: when nothing is cut it stays
    in memory; else it is a table like any other.
    """

    def __init__(self, ctx: Context, stage: str) -> None:
        self.ctx, self.stage = ctx, stage
        self.rows: dict[str, int] = {}
        self.held: set[str] = set()
        self.keys: dict[str, str] = {}
        self.con = ctx.connect()

    def __enter__(self) -> Steps:
        return self

    def __exit__(self, *_: object) -> None:
        if self.ctx.scheduler is not None:
            self.ctx.scheduler.rest()
        self.con.close()

    def table(self, name: str) -> Path:
        """The folder of a table of this stage."""
        return self.ctx.table(self.stage, name)

    def scan(self, name: str) -> str:
        """A table of this stage as something to SELECT from."""
        return name if name in self.held else tables.scan(self.table(name))

    def scan_part(self, name: str, key: str, part: Part) -> str:
        """Of a table that was cut by the same key, the rows of a part; else the whole table."""
        if part.of == 1 or not key or self.keys.get(name) != key:
            return self.scan(name)
        return f"read_parquet('{quoted(tables.part_file(self.table(name), part.index))}')"

    def whole(self, name: str, sql: str, *, scratch: bool = False) -> int:
        """Run a step that is not cut; returns its rows."""
        return self.parts(name, lambda _: sql, of=1, scratch=scratch)

    def parts(
        self,
        name: str,
        sql: Callable[[Part], str],
        *,
        of: int | None = None,
        scratch: bool = False,
        key: str = "",
    ) -> int:
        """Run a keyed step part by part; `sql` makes the SELECT of a part. Returns its rows.

        key: the column by which its rows lie apart, where later steps may rest on that.
        """
        of = of or self.ctx.parts
        if of > 1 and f"{self.stage}/{name}" not in self.ctx.adjust:
            self.keys[name] = key
        sql = self._adjusted(name, sql)
        self.ctx.save_sql(self.stage, name, sql(Part()))
        if scratch and self.ctx.parts == 1:
            self.rows[name] = self._hold(name, sql(Part()))
        else:
            tasks = [self._task(name, sql(Part(index, of)), index) for index in range(of)]
            self.rows[name] = self._run(name, tasks)
        return self.rows[name]

    @property
    def few(self) -> int:
        """Parts of a step that reads some narrow columns: fewer than where whole rows are held,
        since each part reads all rows."""
        return math.ceil(self.ctx.parts / NARROW)

    def spread(
        self, name: str, sql: str, key: str, *, of: int | None = None, hold: bool = False
    ) -> Spread:
        """Lay the rows of a SELECT apart by a key, so that each part of a later step reads its
        own rows only: else that step costs parts times rows. Where nothing is cut it is the SELECT
        itself, or with `hold` in memory. of: how many parts, else those of the run."""
        of = of or self.ctx.parts
        if of == 1:
            return Spread(self._held(name, sql) if hold else f"({sql})")
        self.ctx.save_sql(self.stage, name, sql)
        folder = self.ctx.run_dir / ".spill" / f"{self.stage}-{name}"
        tables.write_spread(self.con, sql, folder, f"({key}) % {of}")
        nothing = f"(SELECT * FROM ({sql}) LIMIT 0)"
        self.ctx.progress(f"{self.stage}: {name}", 1, 1)
        return Spread(
            tables.spread_part(folder) or nothing,
            tuple(tables.spread_part(folder, part) or nothing for part in range(of)),
        )

    def _held(self, name: str, sql: str) -> str:
        self.whole(name, sql, scratch=True)
        return self.scan(name)

    def _adjusted(self, name: str, sql: Callable[[Part], str]) -> Callable[[Part], str]:
        adjust = self.ctx.adjust.get(f"{self.stage}/{name}")
        return sql if adjust is None else lambda part: adjust(sql(part), self.scan)

    def fetch(self, sql: str) -> list[tuple]:
        """The rows of a small query over tables of this stage."""
        return self.con.execute(sql).fetchall()

    def drop(self, *names: str) -> None:
        """Let go of scratch tables that no later step reads."""
        for name in self.held.intersection(names):
            self.con.execute(f"DROP TABLE {name}")
            self.held.discard(name)

    def _hold(self, name: str, sql: str) -> int:
        rows = self.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}").fetchall()
        self.held.add(name)
        self.ctx.progress(f"{self.stage}: {name}", 1, 1)
        return int(rows[0][0])

    def _task(self, name: str, sql: str, part: int) -> Task:
        ctx = self.ctx
        limits = ctx.scheduler.limits(ctx.threads, ctx.memory) if ctx.scheduler else Limits()
        return Task(sql, self.table(name), part, limits, ctx.run_dir / ".spill")

    def _run(self, name: str, tasks: list[Task]) -> int:
        """What is not cut runs here, on the stage's own database; all of it without a scheduler."""

        def done(ended: int) -> None:
            self.ctx.progress(f"{self.stage}: {name}", ended, len(tasks))

        for task in tasks:  # what an earlier making of this step left would pass for this one's
            task.file.unlink(missing_ok=True)
        if self.ctx.scheduler is not None and len(tasks) > 1:
            listed = [replace(task, sql=tables.listed(task.sql)) for task in tasks]
            return self.ctx.scheduler.run(listed, done)
        rows = 0
        for ended, task in enumerate(tasks, 1):
            rows += task.run(self.con)
            done(ended)
        return rows
