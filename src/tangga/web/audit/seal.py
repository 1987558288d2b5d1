"""Seals the trail: each minute, the hash of what came since, chained to the seal before.

What is sealed is settled: no transaction that began before can still add to it. Numbers that no
event has are gaps of transactions that failed; an event that is taken away is missed, since the
seal holds how many there were and the hash of them all.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from tangga.web.database.rows import one, rows, run, value
from tangga.web.database.scope import Scope, open_to

LOCK = 7_210_501
"""Of pg_advisory_xact_lock: one seal at a time."""

WAIT_SECONDS = 5.0
POLL_SECONDS = 0.05

BEGINNING = "0" * 64
"""What the first seal is chained to."""

COLUMNS = (
    "id",
    "at",
    "by_user",
    "post",
    "role",
    "post_area",
    "what",
    "area",
    "family_id",
    "person_id",
    "reason",
    "about",
    "request",
)
EVENTS = f"SELECT {', '.join(COLUMNS)} FROM public.audit_events".replace("about", "about::text")
BETWEEN = f"{EVENTS} WHERE id > %s AND id <= %s ORDER BY id"
LAST_SEAL = """
SELECT number, sealed_at, after_id, last_id, events, hash FROM public.audit_seals
ORDER BY number DESC LIMIT 1
"""
ADD_SEAL = """
INSERT INTO public.audit_seals (number, sealed_at, after_id, last_id, events, hash)
VALUES (%s, %s, %s, %s, %s, %s)
"""
GIVEN = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM public.audit_events_id"
# Numbers of transactions as text: they are wider than what the driver reads as a number.
NOT_YET = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
SETTLED = "SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8"


@dataclass(frozen=True)
class Seal:
    """The hash of the events with after_id < id <= last_id, chained to the seal before."""

    number: int
    sealed_at: datetime
    after_id: int
    last_id: int
    events: int
    hash: str


def seal_now(wait: float = WAIT_SECONDS) -> Seal | None:
    """Seal what has come since the last seal, as the owner of the database.

    None where nothing new has settled: a transaction that began before still runs after `wait`
    seconds, or nothing came.
    """
    with transaction.atomic():
        value("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        up_to = _settled(wait)
        before = last_seal()
        after = before.last_id if before else 0
        if up_to is None or up_to <= after:
            return None
        open_to(Scope(""))
        # Also where all that began failed: a number that no seal covers has then been taken away.
        found = rows(BETWEEN, [after, up_to])
        seal = _sealed(before, up_to, [tuple(row.values()) for row in found])
        fields = (seal.number, seal.sealed_at, seal.after_id, seal.last_id, seal.events, seal.hash)
        run(ADD_SEAL, list(fields))
        return seal


def last_seal() -> Seal | None:
    """The newest seal: its hash, kept outside the database, proves what came before it."""
    found = one(LAST_SEAL)
    return Seal(**found) if found else None


def hash_of(
    before: str, number: int, sealed_at: datetime, ends: tuple[int, int], events: Iterable[Sequence]
) -> tuple[int, str]:
    """How many events, and the hash of a seal over them. ends: after_id, last_id."""
    digest = hashlib.sha256()
    digest.update(_line([before, number, sealed_at, *ends]))
    count = 0
    for event in events:
        digest.update(_line(event))
        count += 1
    return count, digest.hexdigest()


def _settled(wait: float) -> int | None:
    """The last number given out of which every event is there, or never will be.

    First the last number, in its own statement; then which transactions run. Whatever gets a
    higher number later began after that (audit_next_id sees to it).
    """
    last = int(value(GIVEN))
    not_yet = value(NOT_YET)
    until = time.monotonic() + wait
    while not value(SETTLED, [not_yet]):
        if time.monotonic() > until:
            return None
        time.sleep(POLL_SECONDS)
    return last


def _sealed(before: Seal | None, up_to: int, events: list[tuple[Any, ...]]) -> Seal:
    number, after = (before.number + 1, before.last_id) if before else (1, 0)
    at = datetime.now(UTC)
    chained = before.hash if before else BEGINNING
    count, digest = hash_of(chained, number, at, (after, up_to), events)
    return Seal(number, at, after, up_to, count, digest)


def _line(values: Iterable[Any]) -> bytes:
    """Values in the one form that is hashed: JSON, moments in UTC."""
    return (
        json.dumps(
            [_plain(one) for one in values],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        + "\n"
    ).encode()


def _plain(one: Any) -> Any:
    if isinstance(one, datetime):
        return one.astimezone(UTC).isoformat(timespec="microseconds")
    return one
