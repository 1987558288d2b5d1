"""How support stands through time: what lists say, and what was decided since.

    pieces = timeline(listed, changes)      # of one family, or of many: told apart by `Kind`

A list (or a signed decision) opens support. A change then says from which day on it is closed,
paused, resumed or paid to somebody else; of two changes for one day the later recorded holds. A
change of the whole programme (no person, no component) holds for every part of it; one of a person
for all parts of that person. Nothing is ever taken out of the list: a change that is undone leaves
it as it stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

RUNNING, PAUSED, CLOSED = "running", "paused", "closed"
OPEN, CLOSE, PAUSE, RESUME, PAYEE = "open", "close", "pause", "resume", "payee"
STATE = {OPEN: RUNNING, RESUME: RUNNING, PAUSE: PAUSED, CLOSE: CLOSED}
"""What support is after a change that says so."""


@dataclass(frozen=True, order=True, slots=True)
class Kind:
    """Which support: of a family by a programme; of one person, or one person's component."""

    family_id: str
    programme: str
    person_id: str = ""
    component: str = ""

    def covers(self, other: Kind) -> bool:
        """Whether a change of this kind is one of the other too."""
        return (
            (self.family_id, self.programme) == (other.family_id, other.programme)
            and self.person_id in ("", other.person_id)
            and self.component in ("", other.component)
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """A spell as a list has it. valid_to: exclusive, None while open. paused: listed, not paid."""

    kind: Kind
    valid_from: date
    valid_to: date | None = None
    paused: bool = False
    payee: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What was decided since. valid_to: exclusive, of what holds for a time only. item: number of
    the matter by which it was decided (not everybody's to read); at: the order of recording."""

    kind: Kind
    change: str
    valid_from: date
    valid_to: date | None = None
    payee: str = ""
    document: str = ""
    exit: str = ""
    reason: str = ""
    item: str = ""
    at: str = ""

    def holds(self, day: date) -> bool:
        """Whether it speaks of a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Piece:
    """A time in which support of one kind stands alike. since: when its spell began. by: the change
    that made it what it is; None: the list."""

    kind: Kind
    valid_from: date
    valid_to: date | None
    state: str
    payee: str
    document: str
    since: date
    by: Change | None = None

    def holds(self, day: date) -> bool:
        """Whether it is the piece of a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def timeline(listed: Iterable[Listed], changes: Iterable[Change]) -> list[Piece]:
    """Every piece of every kind, in order of kind and time; days that no list covers have none.

    changes: in the order in which they were recorded.
    """
    by_kind: dict[Kind, list[Listed]] = {}
    for one in listed:
        by_kind.setdefault(one.kind, []).append(one)
    by_family: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        by_family.setdefault((change.kind.family_id, change.kind.programme), []).append(change)
        if change.change == OPEN:
            by_kind.setdefault(change.kind, []).append(_opened(change))
    return [
        piece
        for kind, spells in sorted(by_kind.items())
        for piece in _of_kind(kind, spells, by_family.get((kind.family_id, kind.programme), ()))
    ]


def _opened(change: Change) -> Listed:
    return Listed(
        change.kind,
        change.valid_from,
        change.valid_to,
        payee=change.payee,
        document=change.document,
    )


def _of_kind(kind: Kind, spells: Sequence[Listed], changes: Sequence[Change]) -> Iterator[Piece]:
    mine = [one for one in changes if one.kind.covers(kind)]
    last: Piece | None = None
    for start, end in _cut([*spells, *mine]):
        piece = _piece(kind, spells, mine, start, end)
        if last is not None and piece is not None and _alike(last, piece):
            last = replace(last, valid_to=piece.valid_to)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def _cut(dated: Iterable[Listed | Change]) -> Iterator[tuple[date, date | None]]:
    """The times between which nothing begins or ends; the last has no end."""
    days = sorted({day for one in dated for day in (one.valid_from, one.valid_to) if day})
    yield from zip(days, [*days[1:], None], strict=True)


def _piece(
    kind: Kind, spells: Sequence[Listed], changes: Sequence[Change], start: date, end: date | None
) -> Piece | None:
    there = [
        one
        for one in spells
        if one.valid_from <= start and (one.valid_to is None or start < one.valid_to)
    ]
    if not there:
        return None
    spell = max(there, key=lambda one: (not one.paused, one.valid_from, one.document))
    state, payee, by = (PAUSED if spell.paused else RUNNING), spell.payee, None
    for change in changes:
        if not change.holds(start):
            continue
        if change.change in (PAYEE, OPEN) and change.payee:
            payee = change.payee
        if change.change in STATE and not (change.change == PAUSE and state == CLOSED):
            state, by = STATE[change.change], change
    return Piece(kind, start, end, state, payee, spell.document, spell.valid_from, by)


def _alike(one: Piece, other: Piece) -> bool:
    return (
        one.valid_to == other.valid_from
        and replace(one, valid_from=other.valid_from, valid_to=other.valid_to) == other
    )


def on_day(pieces: Iterable[Piece], day: date) -> list[Piece]:
    """The pieces of a day."""
    return [piece for piece in pieces if piece.holds(day)]
