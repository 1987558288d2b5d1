"""What a move does to the support of one family: which spells end, which go on, what is freed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tangga.rules.components import components_of
from tangga.rules.days import Month, month_of
from tangga.rules.exits import Spell, at_cap
from tangga.rules.names import FAMILY_TABLE
from tangga.web.journeys.climb.models import Effect
from tangga.web.journeys.climb.reading import Reading
from tangga.web.programmes import owed, spells
from tangga.web.programmes.owed import Deaths
from tangga.web.programmes.timeline import CLOSED, Piece
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

YEAR = 12


@dataclass(frozen=True)
class Part:
    """One spell, or one member's component. year: whole rupiah a year, None where nobody knows;
    freed: of the calendar year in which it ends. listed: a list names it by itself."""

    programme: str
    component: str
    person_id: str
    ends: bool
    listed: bool = True
    year: int | None = None
    freed: int | None = None


def parts(read: Reading, on: date) -> list[Part]:
    """What ends and what goes on if the family moves on on a day, with what it is worth.

    What the clock counts ends, but for what the elderly and the disabled keep (`exits.at_cap`).
    """
    running = [one for one in read.pieces if one.state != CLOSED and one.holds(on)]
    rules = replace(read.rules, day=on)
    found = at_cap(rules, [_spell(one) for one in running], _allotted(read))
    listed = {(p.kind.programme, p.kind.component, p.kind.person_id) for p in running}
    return [
        _valued(
            Part(one.programme, one.component, one.person_id, one.ends, _key(one) in listed),
            running,
            on,
        )
        for one in found
    ]


def _key(one: Spell | Part | object) -> tuple[str, str, str]:
    return one.programme, one.component, one.person_id  # type: ignore[attr-defined]


def _spell(piece: Piece) -> Spell:
    kind = piece.kind
    return Spell(kind.programme, piece.valid_from, piece.valid_to, kind.component, kind.person_id)


def _allotted(read: Reading) -> list[tuple[str, str, str]]:
    """(programme, component, person) of members who are counted, by the rules of the day."""
    found = []
    for programme, version in read.rules.programmes.values():
        benefit = version.says.benefit
        if programme.unit != FAMILY_TABLE or not benefit.components:
            continue
        for one in components_of(benefit, read.facts, read.on):
            if one.counted and one.component:
                found.append((programme.id, one.component, read.people[one.member]["person_id"]))
    return found


def _valued(part: Part, running: Iterable[Piece], on: date) -> Part:
    mine = [one for one in running if _of(one) == _key(part)]
    if not mine:
        return part
    first = month_of(on) + (on.day > 1)
    year = _rupiah(mine, first, first + YEAR)
    left = _rupiah(mine, first, (on.year + 1) * YEAR) if part.ends else 0
    return replace(part, year=year, freed=left)


def _of(piece: Piece) -> tuple[str, str, str]:
    return piece.kind.programme, piece.kind.component, piece.kind.person_id


def _rupiah(pieces: list[Piece], first: Month, past: Month) -> int | None:
    """What would be owed from one month to before another if nothing ended."""
    if first >= past:
        return 0
    found = owed.parts_of([replace(one, valid_to=None) for one in pieces], Deaths(), first, past)
    amounts = [one.amount for one in found]
    known = [one for one in amounts if one is not None]
    return sum(known) if len(known) == len(amounts) else None


def end(
    read: Reading, item: Item, exit_: str, *, on: date, document: str, by: Viewer | None
) -> list[Effect]:
    """Close what ends, let go on what goes on, and write down each with what it frees."""
    shared: dict[str, Any] = {
        "item": item,
        "by": by,
        "family_id": read.family_id,
        "area": read.area,
    }
    shared |= {"on": on, "document": document}
    found = parts(read, on)
    for one in found:
        if one.ends:
            spells.close(**shared, **_named(one), exit=exit_)
    # The end of the family's support as a whole would take along what its members keep.
    whole = {one.programme for one in found if one.ends and not (one.component or one.person_id)}
    for one in found:
        if not one.ends and one.programme in whole:
            go_on = spells.resume if one.listed else spells.open_spell
            go_on(**shared, **_named(one))
    return [_effect(one, read, item, on) for one in found]


def _named(one: Part) -> dict[str, str]:
    return {
        "programme": one.programme,
        "person_id": one.person_id,
        "component": one.component,
    }


def _effect(one: Part, read: Reading, item: Item, on: date) -> Effect:
    return Effect.objects.create(
        item=item,
        area=read.area,
        family_id=read.family_id,
        **_named(one),
        ends=one.ends,
        on_date=on,
        amount_year=one.year,
        freed=one.freed if one.ends else 0,
    )
