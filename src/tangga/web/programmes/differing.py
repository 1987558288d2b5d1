"""What is no longer so on the list of a round: which families, and what of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tangga.rules.days import first_day
from tangga.web.programmes.listing import Line
from tangga.web.programmes.models import Round, Row

Key = tuple[str, str, str, date]
Held = tuple[str, str, int | None, str]
NEW, AWAY, STATE, AMOUNT, PAYEE = "new", "away", "state", "amount", "payee"


def differing(of: Round, now: Iterable[Line]) -> list[tuple[str, str]]:
    """(family, what changed) in the order of the list; no rupiah, which not everybody may see."""
    kept: dict[Key, Held] = {
        (row.family_id, row.person_id, row.sort, row.for_start): (
            *(row.state, row.why, row.amount, row.payee_person_id),
        )
        for row in Row.objects.filter(round=of).order_by("n")
    }
    found: dict[str, str] = {}
    for one in now:
        key = (one.family_id, one.person_id, one.sort, first_day(one.first))
        was = kept.pop(key, None)
        if what := _what(was, (one.state, one.why, one.amount, one.payee)):
            found.setdefault(one.family_id, what)
    for key in kept:
        found.setdefault(key[0], AWAY)
    return list(found.items())


def _what(was: Held | None, now: Held) -> str:
    if was is None:
        return NEW
    if was[:2] != now[:2]:
        return STATE
    if was[2] != now[2]:
        return AMOUNT
    return PAYEE if was[3] != now[3] else ""
