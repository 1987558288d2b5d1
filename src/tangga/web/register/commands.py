"""What `tangga web load`, `approve`, `rollback` and `releases` do: plain functions, no printing.

They read DATABASE_URL, TANGGA_FIELD_KEY and the rest from the environment (tangga.web.environ).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.types.json import Jsonb

from tangga.errors import UserError
from tangga.registry.areas import load_areas
from tangga.registry.load import load_pack
from tangga.web import secrets
from tangga.web.environ import Environment, read
from tangga.web.register import loading
from tangga.web.register.loading import Entry, Service, ledger
from tangga.web.register.loading.schema import Connection

Progress = Callable[[str, int, int], None]


def load_release(folder: Path, by: str, progress: Progress = lambda *_: None) -> Entry:
    """Load and check a release; it then waits for approval. UserError says what is wrong.

    The figures are made by the policy of Django's settings: `tangga web`, the jobs and the demo
    have set Django up by then, and who calls this alone gets the settings of the service.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tangga.web.settings")
    env = read()
    with owner(env) as con:
        entry = loading.load(folder, connection=con, by=by, service=service(env), progress=progress)
        return _recorded(con, "release_loaded", entry, by)


def approve_release(number: int, by: str) -> Entry:
    """Approve a staged release and put it in force; outside the demo not by who loaded it."""
    env = read()
    with owner(env) as con:
        if ledger.entry(con, number).state == "staged":
            entry = loading.approve(number, connection=con, by=by, demo=env.demo)
            _recorded(con, "release_approved", entry, by)
        entry = loading.switch(number, connection=con, by=by)
        return _recorded(con, "release_switched", entry, by)


def discard_release(number: int, by: str) -> Entry:
    """Drop the tables of a release that waits; Refused for one that is or was in force."""
    with owner(read()) as con:
        return _recorded(con, "release_discarded", loading.discard(number, connection=con), by)


def rollback_release(by: str, reason: str) -> Entry:
    """Put the former release in force again."""
    with owner(read()) as con:
        entry = loading.rollback(connection=con, by=by, reason=reason)
        return _recorded(con, "release_rolled_back", entry, by, reason)


def _recorded(con: Connection, what: str, entry: Entry, by: str, reason: str = "") -> Entry:
    """Into the audit trail, where this database has one: pages record their own viewer."""
    said = {"number": entry.number, "release": entry.release, "by": by}
    about = Jsonb(said | {"manifest_sha256": entry.manifest_sha256})
    there = con.execute("SELECT to_regclass('public.audit_events')").fetchone()
    if there and there[0]:
        con.execute(
            "INSERT INTO public.audit_events (what, reason, about) VALUES (%s, %s, %s)",
            [what, reason, about],
        )
    return entry


def list_releases() -> list[Entry]:
    """Every release that was ever loaded, the newest first."""
    with owner(read()) as con:
        ledger.make_ledger(con)
        return ledger.entries(con)


def service(env: Environment) -> Service:
    """What releases are loaded into, by the environment."""
    pack = load_pack(env.pack)
    return Service(
        pack=pack,
        areas=load_areas(pack.dir),
        secrets=secrets.Secrets.of(env.field_key, env.old_field_keys),
        root=env.root_area,
        keep=env.keep_releases,
        demo=env.demo,
    )


@contextmanager
def owner(env: Environment) -> Iterator[Connection]:
    """A connection of the owner; UserError, without the URL, where there is no server."""
    try:
        con: Connection = psycopg.connect(env.database_url, autocommit=True)
    except psycopg.Error as error:
        raise UserError("the database does not answer", todo="See: tangga web check") from error
    try:
        yield con
    finally:
        con.close()
