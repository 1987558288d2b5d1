"""The list of a round, worked out: who gets how much, who is to be settled first, who is out.

    found = lines(standing("pkh", "1811"), first, past)    # months; a line a family, or person

The same input gives the same lines in the same order. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tangga.rules.days import Month, first_day
from tangga.web.corrections import believed
from tangga.web.corrections.payees import candidates
from tangga.web.journeys.care.payee import barred
from tangga.web.programmes import register
from tangga.web.programmes.models import Row
from tangga.web.programmes.owed import Part, parts_of, rupiah
from tangga.web.programmes.standings import Standing
from tangga.web.programmes.timeline import CLOSED, Change, Piece
from tangga.web.today import today

PAUSED, AMOUNT, DEATH_DAY, GONE = "paused", "amount_unknown", "death_undated", "all_died"
PAYEE_MISSING, PAYEE_DEAD, PAYEE_LEFT, PAYEE_OTHER = (
    "payee_missing",
    "payee_dead",
    "payee_left",
    "payee_unfit",
)
ENDED, MOVED = "closed", "moved"
WHY = {"missing": PAYEE_MISSING, "dead": PAYEE_DEAD, "left": PAYEE_LEFT}
"""Why the engine says that a payee must change -> why a line is held."""


@dataclass(frozen=True)
class Line:
    """One line of a list, as `Row` keeps it. proposed: whom the rule proposes as payee."""

    family_id: str
    area: str
    state: str
    first: Month
    past: Month
    person_id: str = ""
    sort: str = Row.REGULAR
    why: str = ""
    amount: int | None = None
    payee: str = ""
    proposed: str = ""
    parts: tuple[dict[str, Any], ...] = ()


def lines(
    of: Standing, first: Month, past: Month, families: Collection[str] | None = None
) -> list[Line]:
    """The list of a time, in order of village, then of family. families: only of these."""
    found: list[Line] = []
    start, end = first_day(first), first_day(past)
    for family in of.pieces if families is None else sorted(set(families) & set(of.pieces)):
        if not any(a < end and start <= b for a, b in of.elsewhere.get(family, ())):
            found += _of_family(of, family, of.pieces[family], first, past)
    for family, to in sorted(of.gone.items() if families is None else ()):
        told = ({"to": to},)
        found.append(Line(family, of.areas[family], Row.OUT, first, past, why=MOVED, parts=told))
    return sorted(found, key=lambda one: (one.state == Row.OUT, one.area, *_key(one)))


def _key(one: Line) -> tuple[str, ...]:
    return (one.family_id, one.person_id, one.sort, one.why)


def _of_family(
    of: Standing, family: str, pieces: Sequence[Piece], first: Month, past: Month
) -> list[Line]:
    parts = parts_of(pieces, of.households.deaths, first, past, of.yearly.get(family))
    area = of.areas.get(family, "")
    if register.unit_of(of.programme) == "person":
        persons = sorted({part.kind.person_id for part in parts})
        found = [
            _line(of, family, area, [p for p in parts if p.kind.person_id == one], first, past, one)
            for one in persons
        ]
    else:
        found = [_line(of, family, area, parts, first, past)] if parts else []
    return found or _ended(family, area, pieces, first, past, of)


def _line(
    of: Standing,
    family: str,
    area: str,
    parts: Sequence[Part],
    first: Month,
    past: Month,
    person: str = "",
) -> Line:
    ran = [part for part in parts if part.months]
    payee = next((part.payee for part in ran if part.payee), "")
    told = tuple(_told(part) for part in parts)
    shared = {"family_id": family, "area": area, "first": first, "past": past}
    shared |= {"person_id": person, "parts": told, "payee": payee}
    if not ran:
        return Line(**shared, state=Row.OUT, why=PAUSED, amount=_paused(parts, first, past))
    amounts = [part.amount for part in ran]
    if any(amount is None for amount in amounts):
        undated = any(part.undated for part in ran)
        return Line(**shared, state=Row.HELD, why=DEATH_DAY if undated else AMOUNT)
    amount = sum(one or 0 for one in amounts)
    why, proposed = ("", "") if of.goods else _payee(of, family, payee or person)
    state = Row.HELD if why else Row.PAY
    return Line(**shared, state=state, why=why, amount=amount, proposed=proposed)


def _payee(of: Standing, family: str, payee: str) -> tuple[str, str]:
    """(why somebody else must receive the money, whom the rule proposes); '' where it is well.

    What the release found wrong holds until the payee is another than it found.
    """
    found, why, proposed = of.households.payees.get(family, ("", "", ""))
    if not payee:
        reason = PAYEE_MISSING
    elif of.households.lives(family, payee) is False or payee in of.households.deaths.persons:
        reason = PAYEE_DEAD
    elif why and found == payee:
        reason = WHY.get(why, PAYEE_OTHER)
    else:
        return "", ""
    return reason, _proposed(family, payee, proposed)


def _proposed(family: str, payee: str, proposed: str) -> str:
    """Whom the rule proposes, never one whom recorded violence bars: as the release says, or
    worked out now where something has changed since."""
    if proposed and proposed not in barred(family):
        return proposed
    known = believed.family(family)
    fits = candidates(known, today(), without=payee) if known is not None else []
    return next(iter(fits), "")


def _paused(parts: Iterable[Part], first: Month, past: Month) -> int | None:
    """What would be owed for the months that are held back."""
    due = [rupiah(replace(part, months=part.paused), first, past) for part in parts]
    return None if any(one is None for one in due) else sum(one or 0 for one in due)


def _told(part: Part) -> dict[str, Any]:
    """A part as a row keeps it."""
    return {
        "person": part.kind.person_id,
        "component": part.kind.component,
        "months": len(part.months),
        "paused": len(part.paused),
        "amount": part.amount,
        "died": part.died,
    }


def _ended(
    family: str, area: str, pieces: Sequence[Piece], first: Month, past: Month, of: Standing
) -> list[Line]:
    """Who got something in the time before and gets nothing now, with the reason."""
    before = parts_of(pieces, of.households.deaths, 2 * first - past, first)
    if not any(part.months or part.paused for part in before):
        return []
    closed = [one for one in pieces if one.state == CLOSED and one.by is not None]
    last = max(closed, key=lambda one: one.valid_from, default=None)
    why = GONE if family in of.households.deaths.gone else ENDED
    told = () if last is None or last.by is None else (_said(last.by, of),)
    return [Line(family, area, Row.OUT, first, past, why=why, parts=told)]


def _said(by: Change, of: Standing) -> dict[str, Any]:
    """Why support ended; the matter's number only where it is not hidden from the office."""
    return {"exit": by.exit, "reason": by.reason, "item": by.item if by.item in of.shown else ""}
