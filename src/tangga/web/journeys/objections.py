"""What a family can object to, and what its objection does: support under check, and the ladder."""

from __future__ import annotations

from datetime import date

from tangga.web.journeys.care import objections as care
from tangga.web.journeys.climb import objections as climb
from tangga.web.journeys.climb import undoing
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item


def announced(family_id: str) -> list[Item]:
    """What a family was told and is not in effect yet, the soonest first."""
    found = [one for one in care.against(family_id) if one.state == care.NOTIFIED]
    return sorted([*found, *climb.against(family_id)], key=lambda one: (str(one.due), one.number))


def in_effect(family_id: str) -> list[tuple[Item, date | None]]:
    """What has ended support of a family and can be undone, with the day from which it did."""
    stopped = [one for one in care.against(family_id) if one.state == care.STOPPED]
    found = [(one, one.check_of.stopped_on) for one in stopped]
    last = undoing.last_in_effect(family_id)
    return [*found, *([(last, last.ladder.effect_on)] if last is not None else [])]


def lodged(family_id: str, *, by: Viewer | None, number: str, item: Item | None = None) -> bool:
    """An objection was lodged: whether it suspends something. number: of the objection; item: what
    it is about, left out: all that was announced to the family."""
    held = [one.lodged(family_id, by=by, number=number, item=item) for one in (care, climb)]
    return any(held)


def answered(family_id: str, *, upheld: bool, by: Viewer | None, number: str) -> None:
    """An objection was answered, or withdrawn (not upheld)."""
    for one in (care, climb):
        one.answered(family_id, upheld=upheld, by=by, number=number)
