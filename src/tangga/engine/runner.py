"""Who executes (step, part): a loop, or a pool of processes. The rows are the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

import duckdb

from tangga.engine import tables
from tangga.engine.connection import connect
from tangga.engine.context import Context
from tangga.engine.limits import share


@dataclass(frozen=True)
class Task:
    """One part of one step: a SELECT over Parquet files and where its rows go."""

    sql: str
    table: Path
    part: int
    threads: int
    memory: str | None
    spill: Path

    def run(self, con: duckdb.DuckDBPyConnection | None = None) -> int:
        """Write the part; harmless to repeat. Returns the number of rows."""
        if con is not None:
            return tables.write(con, self.sql, self.table, part=self.part)
        with connect(threads=self.threads, memory=self.memory, spill=self.spill) as own:
            return tables.write(own, self.sql, self.table, part=self.part)


def _execute(task: Task) -> int:
    return task.run()


def make_pool(processes: int) -> ProcessPoolExecutor:
    """Processes for parts; they end with the process that made them, however that ends."""
    return ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_end_with_parent
    )


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def run_tasks(tasks: Iterable[Task], *, pool: ProcessPoolExecutor) -> int:
    """Execute tasks in the processes of a pool; returns rows written."""
    return sum(pool.map(_execute, tasks))


@dataclass(frozen=True)
class Part:
    """One of `of` parts of a keyed step."""

    index: int = 0
    of: int = 1

    def cut(self, key: str) -> str:
        """The condition that a row is in this part; `key` is a non-negative integer expression."""
        return "TRUE" if self.of == 1 else f"({key}) % {self.of} = {self.index}"


class Steps:
    """The steps of one stage, each one SELECT, whole or cut into parts.

    A step that only later steps of the stage read may be `scratch`: when nothing is cut it stays
    in memory; else it is a table like any other.
    """

    def __init__(self, ctx: Context, stage: str) -> None:
        self.ctx, self.stage = ctx, stage
        self.rows: dict[str, int] = {}
        self.held: set[str] = set()
        self.con = ctx.connect()
        self.pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Steps:
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)
        self.con.close()

    def table(self, name: str) -> Path:
        """The folder of a table of this stage."""
        return self.ctx.table(self.stage, name)

    def scan(self, name: str) -> str:
        """A table of this stage as something to SELECT from."""
        return name if name in self.held else tables.scan(self.table(name))

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
    ) -> int:
        """Run a keyed step part by part; `sql` makes the SELECT of a part. Returns its rows."""
        of = of or self.ctx.parts
        sql = self._adjusted(name, sql)
        self.ctx.save_sql(self.stage, name, sql(Part()))
        if scratch and self.ctx.parts == 1:
            self.rows[name] = self._hold(name, sql(Part()))
        else:
            tasks = [self._task(name, sql(Part(index, of)), index) for index in range(of)]
            self.rows[name] = self._run(tasks)
        self.ctx.progress(f"{self.stage}: {name}", 1, 1)
        return self.rows[name]

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
        return int(rows[0][0])

    def _task(self, name: str, sql: str, part: int) -> Task:
        return Task(
            sql=sql,
            table=self.table(name),
            part=part,
            threads=max(1, self.ctx.threads // self.ctx.processes),
            memory=share(self.ctx.memory, self.ctx.processes),
            spill=self.ctx.run_dir / ".spill",
        )

    def _run(self, tasks: list[Task]) -> int:
        if self.ctx.processes == 1 or len(tasks) == 1:
            return sum(task.run(self.con) for task in tasks)
        if self.pool is None:
            self.pool = make_pool(self.ctx.processes)
        return run_tasks(tasks, pool=self.pool)
