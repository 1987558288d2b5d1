"""Who executes (step, part): a loop, a pool of processes, or a cluster. The rows are the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Protocol

import duckdb

from tangga.engine import tables
from tangga.engine.connection import connect
from tangga.engine.limits import share

Done = Callable[[int], None]
"""Told how many tasks of a step have ended, whenever one has."""


@dataclass(frozen=True)
class Limits:
    """What one task may use. memory: DuckDB's limit; None: its own default, shared by the `beside`
    tasks that one machine works on at the same time."""

    threads: int = 1
    memory: str | None = None
    beside: int = 1


@dataclass(frozen=True)
class Task:
    """One part of one step: a SELECT over Parquet files and where its rows go."""

    sql: str
    table: Path
    part: int
    limits: Limits
    spill: Path

    @property
    def file(self) -> Path:
        """The file that the task writes."""
        return tables.part_file(self.table, self.part)

    def run(
        self, con: duckdb.DuckDBPyConnection | None = None, while_there: Path | None = None
    ) -> int:
        """Write the part, unless it is there; harmless to repeat. Returns the number of rows.

        while_there: a file without which nothing may be written any more (see `tables.write_once`).
        """
        if con is not None:
            return tables.write_once(con, self.sql, self.file, while_there)
        limits = self.limits
        with connect(threads=limits.threads, memory=limits.memory, spill=self.spill) as own:
            if limits.memory is None and limits.beside > 1:
                default = own.execute("SELECT current_setting('memory_limit')").fetchall()[0][0]
                own.execute(f"SET memory_limit = '{share(default, limits.beside)}'")
            return tables.write_once(own, self.sql, self.file, while_there)


class Scheduler(Protocol):
    """Executes the tasks of a step that is cut, several at the same time.

    name: what `--engine` calls it. slots: how many at the same time. beside: how many of them share
    the memory of one machine.
    """

    name: str
    slots: int
    beside: int

    def limits(self, threads: int, memory: str | None) -> Limits:
        """What one task may use where one machine may use `threads` and `memory`."""

    def run(self, tasks: Sequence[Task], done: Done) -> int:
        """Execute all of them; returns rows written. Raises what a task raised."""

    def notes(self, each: Limits) -> list[str]:
        """What the run's reader should know of it, where a task has those limits."""

    def rest(self) -> None:
        """A stage has ended: let go of what the next one need not find."""

    def close(self) -> None:
        """The run has ended, well or not."""


class Pool:
    """Processes on this machine, each with its share of threads and memory."""

    name = "pool"

    def __init__(self, processes: int) -> None:
        self.slots = self.beside = processes
        self.pool: ProcessPoolExecutor | None = None

    def limits(self, threads: int, memory: str | None) -> Limits:
        """An equal share each."""
        each = max(1, threads // self.slots)
        return Limits(each, share(memory, self.slots), self.beside)

    def run(self, tasks: Sequence[Task], done: Done) -> int:
        """Execute tasks in the processes of the pool; returns rows written."""
        if self.pool is None:
            self.pool = make_pool(self.slots)
        rows = 0
        for ended, written in enumerate(self.pool.map(_execute, tasks), 1):
            rows += written
            done(ended)
        return rows

    def notes(self, each: Limits) -> list[str]:
        """The manifest's settings say all."""
        return []

    def rest(self) -> None:
        """End the processes, so that what they cost counts for their stage."""
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)
            self.pool = None

    def close(self) -> None:
        """The same."""
        self.rest()


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
