"""The ledger of releases: what was loaded, approved and put in force, when and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from tangga.errors import UserError
from tangga.texts import both
from tangga.web.register.loading.release import Release
from tangga.web.register.loading.schema import Connection, drop_schema, schema_name

LEDGER = Path(__file__).parents[1] / "ledger.sql"
APPROVAL = LEDGER.with_name("approval.sql")
JOINED = "+"
LOCK = 7_261_448_209_931_001
"""Of the loader, in the database: one load, approval or switch at a time."""

WITH_TABLES = ("staged", "approved", "in_force", "former", "withdrawn")


class Refused(UserError):
    """A step that the state of the ledger, or the second pair of eyes, does not allow."""


@dataclass(frozen=True)
class Entry:
    """One release in the ledger; state as ledger.sql says."""

    number: int
    release: str
    as_of: date
    state: str
    loaded_at: datetime
    loaded_by: str
    approved_by: str | None
    compared_to: int | None
    seconds: float | None
    manifest_sha256: str
    counts: dict[str, int] = field(repr=False)

    @property
    def schema(self) -> str:
        return schema_name(self.number)


COLUMNS = ", ".join(Entry.__dataclass_fields__)


def make_ledger(con: Connection) -> None:
    """The tables of the ledger, where they are missing (Django's migration does the same)."""
    con.execute(LEDGER.read_text(encoding="utf-8"))  # type: ignore[call-overload]
    there = con.execute("SELECT to_regproc('public.register_rollback') IS NOT NULL").fetchone()
    if there is None or not there[0]:
        con.execute(APPROVAL.read_text(encoding="utf-8"))  # type: ignore[call-overload]


@contextmanager
def alone(con: Connection) -> Iterator[None]:
    """Nobody else loads or switches meanwhile; Refused at once where somebody does.

    The lock is the session's: it ends with the connection, however that ends.
    """
    got = con.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    if not got or not got[0]:
        raise Refused(
            both("web_releases.busy", between=" / "),
            todo=both("web_releases.busy_todo", between=" / "),
        )
    try:
        yield
    finally:
        if not con.closed:
            con.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def begin(
    con: Connection, release: Release, by: str, *, demo: bool = False, field_key: str = ""
) -> Entry:
    """A new line of the ledger, in state `loading`. demo: who loads may approve. field_key: the
    fingerprint of the one that seals it."""
    said = dict(release.said)
    hashes = {name: table["sha256"] for name, table in said["tables"].items()}
    row = con.execute(
        "INSERT INTO public.register_releases "
        "(release, as_of, workspace, loaded_by, compared_to, manifest, hashes, manifest_sha256, "
        "demo, field_key) VALUES (%s, %s, %s, %s, (SELECT number FROM public.register_current), "
        "%s, %s, %s, %s, %s) RETURNING number",
        [
            *(release.id, said["as_of"], said.get("workspace", ""), by),
            *(Jsonb(said), Jsonb(hashes), release.manifest_sha256, demo),
            field_key,
        ],
    ).fetchone()
    assert row is not None
    return entry(con, row[0])


def entry(con: Connection, number: int) -> Entry:
    """One line; Refused for a number that was never given."""
    found = _entries(con, "WHERE number = %s", number)
    if not found:
        raise Refused(f"there is no release number {number}", todo="See: tangga web releases")
    return found[0]


def entries(con: Connection) -> list[Entry]:
    """All lines, the newest first."""
    return _entries(con, "ORDER BY number DESC")


def in_force(con: Connection) -> Entry | None:
    """The release that requests read."""
    where = "WHERE number = (SELECT number FROM public.register_current)"
    return next(iter(_entries(con, where)), None)


def _entries(con: Connection, where: str, *values: Any) -> list[Entry]:
    with con.cursor(row_factory=class_row(Entry)) as cursor:
        query = f"SELECT {COLUMNS} FROM public.register_releases {where}"
        return cursor.execute(query.encode(), values).fetchall()


def set_state(con: Connection, number: int, state: str, **values: Any) -> None:
    """Another state, and further columns of the line."""
    names = "".join(f", {name} = %({name})s" for name in values)
    change = f"UPDATE public.register_releases SET state = %(state)s{names}"
    where = " WHERE number = %(number)s"
    con.execute((change + where).encode(), values | {"state": state, "number": number})


def staged(con: Connection, number: int, counts: dict[str, int], seconds: float) -> None:
    """All tables stand and were counted."""
    set_state(con, number, "staged", counts=Jsonb(counts), seconds=seconds)


def sweep(con: Connection) -> list[int]:
    """Drop what loads that did not end have left; returns their numbers."""
    left = [one for one in entries(con) if one.state == "loading"]
    for one in left:
        drop_schema(con, one.schema, patience="60s")
        set_state(con, one.number, "failed")
    return [one.number for one in left]


def drop_overtaken(con: Connection) -> list[int]:
    """Drop staged releases compared with one no longer in force; returns their numbers."""
    now = in_force(con)
    number = now.number if now else None
    dropped = []
    for one in entries(con):
        overtaken = one.state in ("staged", "approved") and one.compared_to != number
        if overtaken and drop_schema(con, one.schema):
            set_state(con, one.number, "dropped")
            dropped.append(one.number)
    return dropped


def drop_old(con: Connection, keep: int) -> list[int]:
    """Drop the tables of former releases beyond the newest `keep`; readers are not kept waiting.

    One that somebody still reads stays until next time. Returns the numbers of those dropped.
    """
    old = [one for one in entries(con) if one.state in ("former", "withdrawn")]
    dropped = []
    for one in old[max(keep, 1) :]:
        if drop_schema(con, one.schema):
            set_state(con, one.number, "dropped")
            dropped.append(one.number)
    return dropped


def consume(con: Connection, number: int, corrections: list[str]) -> None:
    """The corrections that this release says it has taken in.

    Several that came back as one row (a spell and what changed it) are joined by `+` in its id.
    """
    each = sorted({part for one in corrections for part in one.split(JOINED)})
    con.execute(
        "INSERT INTO public.register_consumed (number, correction_id) "
        "SELECT %s, unnest(%s::text[]) ON CONFLICT DO NOTHING",
        [number, each],
    )
