"""Loads a release into a schema of its own: checked, filled, indexed, protected, counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pyarrow as pa
from psycopg import sql
from psycopg.pq import TransactionStatus

from tangga.errors import Conflict, UserError
from tangga.registry.areas import Areas
from tangga.registry.model import Pack
from tangga.web.register.loading import derived, ledger, schema
from tangga.web.register.loading.checks import check_place
from tangga.web.register.loading.filling import AT_ONCE, Filled, Filling, another, fill_all
from tangga.web.register.loading.findings import BrokenRelease, Finding
from tangga.web.register.loading.ledger import Entry
from tangga.web.register.loading.places import Places
from tangga.web.register.loading.release import (
    Release,
    ReleasedTable,
    changed_since,
    check_files,
    held_to,
    marks,
    read_release,
)
from tangga.web.register.loading.schema import Connection
from tangga.web.secrets import Secrets

Progress = Callable[[str, int, int], None]
"""What is done, how much of how much."""


@dataclass(frozen=True)
class Service:
    """Into what a release is loaded. root: the service's own area, '' for the nation. keep: how
    many former releases stay. demo: one person may load and approve."""

    pack: Pack
    areas: Areas
    secrets: Secrets = field(repr=False)
    root: str = ""
    keep: int = 3
    demo: bool = False


def load(
    folder: Path,
    *,
    connection: Connection,
    by: str,
    service: Service,
    progress: Progress = lambda *_: None,
) -> Entry:
    """Load a release; it is then `staged`, and waits for another person's approval.

    Raises BrokenRelease with every finding, ledger.Refused where another load is running. Whatever
    goes wrong, even a kill, leaves the release in force as it is.
    """
    own_transactions(connection)
    release = read_release(folder)
    ledger.make_ledger(connection)
    with ledger.alone(connection), _plain_memory():
        ledger.sweep(connection)
        ledger.drop_overtaken(connection)
        before = marks(release)
        places = _checked(release, service, progress)
        release = held_to(release, service.pack)
        began = time.monotonic()
        key = service.secrets.now.fingerprint
        entry = ledger.begin(connection, release, by, demo=service.demo, field_key=key)
        try:
            counts = _Load(connection, release, service, places, entry, progress).run()
            if changed := changed_since(before, release):
                raise BrokenRelease(folder, changed)
        except BaseException:
            _give_up(connection, entry)
            raise
        with connection.transaction():
            ledger.staged(connection, entry.number, counts, time.monotonic() - began)
            ledger.consume(connection, entry.number, _consumed(release))
        ledger.drop_old(connection, service.keep)
        return ledger.entry(connection, entry.number)


@contextmanager
def _plain_memory() -> Iterator[None]:
    """Batches come and go by the thousand: Arrow's own allocator spends a fifth more on them."""
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


def own_transactions(con: Connection) -> None:
    """Each statement by itself unless we say otherwise; UserError inside a transaction."""
    if con.info.transaction_status != TransactionStatus.IDLE:
        raise UserError("a release is not loaded inside of another transaction")
    con.autocommit = True


def _consumed(release: Release) -> list[str]:
    return [str(one) for one in release.said["corrections"].get("consumed", ())]


def _give_up(con: Connection, entry: Entry) -> None:
    """Leave nothing behind; where the connection is gone the next load does it."""
    if con.closed:
        return
    try:
        schema.drop_schema(con, entry.schema)
        ledger.set_state(con, entry.number, "failed")
    except psycopg.Error:
        return


def _checked(release: Release, service: Service, progress: Progress) -> Places:
    """Whatever can be asked before the rows are read one by one: all findings at once."""
    progress("check", 0, 1)
    findings: list[Finding] = check_files(release)
    if findings:
        raise BrokenRelease(release.folder, findings)
    places = Places.of(release, service.root)
    progress("check", 1, 1)
    return places


@dataclass
class _Load:
    """One load on its way."""

    con: Connection
    release: Release
    service: Service
    places: Places
    entry: Entry
    progress: Progress
    filled: dict[str, Filled] = field(default_factory=dict)

    def run(self) -> dict[str, int]:
        """Everything up to the count; returns rows by table."""
        schema.create_schema(self.con, self.entry.schema)
        self._fill()
        counts = self._count()
        self._protect(self._derive())
        return counts

    def _fill(self) -> None:
        service = self.service
        filling = Filling(
            self.entry.schema, service.pack, service.areas, service.secrets, self.places
        )
        filling.findings.extend(check_place(self.release, self.places))
        done = 0

        def filled(table: ReleasedTable) -> None:
            nonlocal done
            done += table.rows
            self.progress("rows", done, self.release.rows)

        self.progress("rows", 0, self.release.rows)
        tables = self.release.tables.values()
        self.filled = fill_all(self.con, filling, tables, filled)
        if filling.findings:
            raise BrokenRelease(self.release.folder, sorted(filling.findings))

    def _derive(self) -> dict[str, sql.Composable]:
        """The tables that we make of them; returns who sees a row of each."""
        former = ledger.in_force(self.con)
        conditions: dict[str, sql.Composable] = {}
        done, of = 0, sum(map(len, derived.DERIVED))
        self.progress("derive", done, of)
        for together in derived.DERIVED:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                for made in pool.map(lambda step: self._made(step, former), together):
                    conditions |= made
                    done += 1
                    self.progress("derive", done, of)
        return conditions

    def _made(self, step: derived.Step, former: Entry | None) -> Mapping[str, sql.Composable]:
        with another(self.con) as con:
            making = derived.Making(
                con=con,
                schema=self.entry.schema,
                release=self.release,
                former=former.schema if former else None,
                columns={name: one.columns for name, one in self.filled.items()},
                pack=self.service.pack,
                areas=self.service.areas,
            )
            return derived.make(step, making)

    def _protect(self, conditions: dict[str, sql.Composable]) -> None:
        name = self.entry.schema
        with self.con.transaction():
            for table in self.release.tables.values():
                condition = schema.condition_of(table.storage)
                schema.protect(self.con, name, table.name, condition)
            for made, condition in conditions.items():
                schema.protect(self.con, name, made, condition)
            open_to_all = schema.unprotected(self.con, name)
            if open_to_all:
                raise Conflict(f"tables without row-level security: {', '.join(open_to_all)}")
            schema.open_schema(self.con, name)

    def _count(self) -> dict[str, int]:
        """Rows that the server counted, against those that the manifest promises."""
        wrong = [
            Finding(table.file.name, f"{self.filled[name].rows} rows arrived of {table.rows}")
            for name, table in self.release.tables.items()
            if self.filled[name].rows != table.rows
        ]
        if wrong:
            raise BrokenRelease(self.release.folder, wrong)
        return {name: one.rows for name, one in self.filled.items()}
