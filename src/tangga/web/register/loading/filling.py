"""Checks and fills the tables of a release: three at a time, each over a connection of its own.

While one connection's server process builds an index or waits for the disk, others are sent rows. A
table and its rows appear in one transaction, so that PostgreSQL writes them as frozen and reads
them at once; where its log is kept minimal (`database/server_settings.py`) it writes them once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import NamedTuple

import psycopg
import pyarrow as pa
from psycopg import sql

from tangga.registry.areas import Areas
from tangga.registry.model import Pack
from tangga.web.database.behind import server_steps_back
from tangga.web.register.loading import schema
from tangga.web.register.loading.checks import check_table
from tangga.web.register.loading.findings import Finding
from tangga.web.register.loading.places import Places
from tangga.web.register.loading.release import ReleasedTable, readable
from tangga.web.register.loading.schema import Connection
from tangga.web.register.loading.transform import StoredColumn, columns_of, transformed
from tangga.web.register.tables import number_pattern
from tangga.web.secrets import Secrets

BATCH = 50_000
"""Rows that are sealed and written at a time."""

AT_ONCE = 3
BULK = """
SET synchronous_commit = off;
SET maintenance_work_mem = '256MB';
SET work_mem = '64MB';
SET max_parallel_maintenance_workers = 0;
SET max_parallel_workers_per_gather = 0;
SET default_statistics_target = 50
"""
"""What is loaded counts only when the ledger says so, in a transaction that is waited for."""


class Filled(NamedTuple):
    """A table as it stands in the database: its columns, and the rows that arrived."""

    columns: frozenset[str]
    rows: int


@dataclass(frozen=True)
class Filling:
    """What every table needs. schema: into which. findings: of all tables, from all threads."""

    schema: str
    pack: Pack
    areas: Areas
    secrets: Secrets
    places: Places
    findings: list[Finding] = field(default_factory=list)

    def fill(self, con: Connection, table: ReleasedTable) -> Filled:
        """One table, with its indexes and statistics.

        Once anything is wrong nothing is filled any more, but the other tables are still checked.
        """
        with readable(table):
            located = self.places.locate(table)
            pattern = number_pattern(self.pack)
            self.findings.extend(check_table(table, located, self.areas, pattern))
        if self.findings:
            return Filled(frozenset(), 0)
        columns = columns_of(table, self.pack, self.secrets)
        there = {column.name for column in columns} | {schema.AREA}
        with con.transaction():
            schema.create_table(con, self.schema, table.name, columns)
            batches = _batches(table, columns, located.areas)
            rows = schema.copy_rows(con, self.schema, table.name, batches)
            schema.index_table(con, self.schema, table.name, table.storage, there)
            con.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(self.schema, table.name)))
        return Filled(frozenset(there), rows)


def _batches(
    table: ReleasedTable, columns: list[StoredColumn], areas: pa.Array
) -> Iterator[pa.Table]:
    at = 0
    with readable(table), table.reader() as reader:
        for batch in reader.iter_batches(BATCH):
            rows = pa.Table.from_batches([batch])
            yield transformed(rows, columns, areas.slice(at, len(rows)))
            at += len(rows)


def fill_all(
    con: Connection,
    filling: Filling,
    tables: Iterable[ReleasedTable],
    filled: Callable[[ReleasedTable], None],
) -> dict[str, Filled]:
    """Every table, the largest first.

    con: says where to connect to. filled: called after each table. The first error ends the rest.
    """
    waiting: SimpleQueue[ReleasedTable] = SimpleQueue()
    for table in sorted(tables, key=lambda one: (-one.rows * len(one.columns), one.name)):
        waiting.put(table)
    found: dict[str, Filled] = {}

    def work() -> None:
        with another(con) as own:
            while (table := _next(waiting)) is not None:
                found[table.name] = filling.fill(own, table)
                filled(table)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(work) for _ in range(AT_ONCE)]
        _together(running, waiting)
    return found


def _next(waiting: SimpleQueue[ReleasedTable]) -> ReleasedTable | None:
    try:
        return waiting.get_nowait()
    except Empty:
        return None


def _together(running: list[Future[None]], waiting: SimpleQueue[ReleasedTable]) -> None:
    """Wait for all; after an error no further table is begun."""
    done, _ = wait(running, return_when=FIRST_EXCEPTION)
    if any(one.exception() for one in done):
        while _next(waiting) is not None:
            pass
    for one in running:
        one.result()


@contextmanager
def another(con: Connection) -> Iterator[Connection]:
    """A further connection to the same database as the same role, set for bulk loads; requests are
    answered first."""
    info = con.info
    with psycopg.connect(info.dsn, password=info.password or None, autocommit=True) as own:
        own.execute(BULK.encode())
        server_steps_back(own)
        yield own
