"""Checks the trail against its seals, and names the first that does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from types import MappingProxyType
from typing import Any

from django.db import connection, transaction

from tangga.web.audit.seal import BEGINNING, EVENTS, GIVEN, Seal, hash_of, last_seal
from tangga.web.database.rows import value
from tangga.web.database.scope import Scope, open_to

SEALS = "SELECT number, sealed_at, after_id, last_id, events, hash FROM public.audit_seals"
OLDEST_UNSEALED = """
SELECT min(at) FROM public.audit_events
WHERE id > coalesce((SELECT max(last_id) FROM public.audit_seals), 0)
"""
NONE_KEPT: Mapping[int, str] = MappingProxyType({})
LATE = timedelta(minutes=10)
CHUNK = 2000


@dataclass(frozen=True)
class Finding:
    """What does not hold. seal: the first broken one; None: not about one of them."""

    what: str
    seal: int | None = None


def verify_audit(known: str = "", kept: Mapping[int, str] = NONE_KEPT) -> list[Finding]:
    """What does not hold; empty: nobody changed, added or took away a sealed event.

    known: the hash of a seal that was kept outside the database; kept: the hashes that the service
    itself kept beside it, by number. A chain that was made anew, or cut, does not have them. As the
    owner of the database.
    """
    with transaction.atomic():
        open_to(Scope(""))
        broken, hashes = _first_broken()
        found = [broken] if broken else []
        if known and known not in hashes.values():
            found.append(Finding("the seal kept outside is not in the chain: it was made anew"))
        lost = [number for number, digest in sorted(kept.items()) if hashes.get(number) != digest]
        if lost:
            what = "the seal kept beside the database is not in it: the chain was cut or made anew"
            found.append(Finding(f"{what}, or an older backup restored", lost[0]))
        oldest = value(OLDEST_UNSEALED)
        if oldest is not None and datetime.now(UTC) - oldest > LATE:
            found.append(Finding("events wait for a seal for more than ten minutes"))
        if oldest is None and _end_is_missing():
            found.append(
                Finding("numbers given out after the last seal have neither event nor seal")
            )
    return found


def _end_is_missing() -> bool:
    """Whether numbers were given out that no seal covers, long after it should have."""
    last = last_seal()
    if int(value(GIVEN)) <= (last.last_id if last else 0):
        return False
    return last is None or datetime.now(UTC) - last.sealed_at > LATE


def _first_broken() -> tuple[Finding | None, dict[int, str]]:
    """The first seal that does not hold, and the hashes of all of them by number."""
    events = _Events()
    before, hashes, first = _NONE, dict[int, str](), None
    for row in _streamed(f"{SEALS} ORDER BY number"):
        seal = Seal(*row)
        hashes[seal.number] = seal.hash
        if first is None and (what := _wrong(seal, before, events)):
            first = Finding(what, seal.number)
        before = seal
    return first, hashes


_NONE = Seal(0, datetime.min.replace(tzinfo=UTC), 0, 0, 0, BEGINNING)


def _wrong(seal: Seal, before: Seal, events: _Events) -> str:
    """Why a seal does not hold; '' where it does."""
    if seal.number != before.number + 1:
        return f"seal {before.number + 1} is missing"
    if seal.after_id != before.last_id:
        return "it does not begin where the seal before ends"
    ends = (seal.after_id, seal.last_id)
    count, digest = hash_of(
        before.hash, seal.number, seal.sealed_at, ends, events.up_to(seal.last_id)
    )
    if count != seal.events:
        return f"{seal.events} events were sealed, {count} are there"
    return "" if digest == seal.hash else "an event or the seal itself was changed"


class _Events:
    """All events in order of number, read once, handed out seal by seal."""

    def __init__(self) -> None:
        self.rows = _streamed(f"{EVENTS} ORDER BY id")
        self.held: Sequence[Any] | None = None

    def up_to(self, last_id: int) -> Iterator[Sequence[Any]]:
        """Those that nobody has taken yet, up to a number."""
        if self.held is not None:
            if self.held[0] > last_id:
                return
            yield self.held
            self.held = None
        yield from takewhile(lambda row: not self._beyond(row, last_id), self.rows)

    def _beyond(self, row: Sequence[Any], last_id: int) -> bool:
        if row[0] <= last_id:
            return False
        self.held = row
        return True


def _streamed(query: str) -> Iterator[Sequence[Any]]:
    """Rows one after the other, however many."""
    with connection.chunked_cursor() as cursor:
        cursor.itersize = CHUNK
        cursor.execute(query)
        yield from cursor
