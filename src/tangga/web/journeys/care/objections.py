"""What an objection does to a stop: lodged in time it suspends it, upheld it undoes it."""

from __future__ import annotations

from tangga.web.journeys.care.holding import KIND
from tangga.web.journeys.care.models import Check
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.models import Item

NOTIFIED, OBJECTED, STOPPED = "notified", "objected", "stopped"


def against(family_id: str) -> list[Item]:
    """Stops of a family that it can object to: told and not yet in effect, or in effect."""
    found = Item.objects.filter(
        kind=KIND, family_id=family_id, state__in=(NOTIFIED, STOPPED), check_of__objection=""
    )
    return list(found.order_by("at"))


def lodged(family_id: str, *, by: Viewer | None, number: str, item: Item | None = None) -> bool:
    """An objection was lodged: whether it suspends a stop. number: of the objection; item: the stop
    that it is about, left out: each one of the family."""
    suspended = False
    for one in against(family_id):
        if item is not None and one.pk != item.pk:
            continue
        Check.objects.filter(item=one).update(objection=number)
        if one.state == NOTIFIED:
            actions.follow(one, "object", by=by, about={"objection": number})
            suspended = True
    return suspended


def answered(family_id: str, *, upheld: bool, by: Viewer | None, number: str) -> None:
    """An objection was answered, or withdrawn (not upheld). A stop that it suspended goes on, or
    not; one that is in effect is undone, with what was missed."""
    found = Item.objects.filter(kind=KIND, family_id=family_id, check_of__objection=number)
    for one in found:
        about = {"objection": number}
        if one.state == OBJECTED:
            actions.follow(one, "uphold" if upheld else _denied(one), by=by, about=about)
        elif one.state == STOPPED and upheld:
            actions.follow(one, "uphold_after", by=by, about=about)
        if not upheld:
            Check.objects.filter(item=one).update(objection="")


def _denied(item: Item) -> str:
    until = item.check_of.object_by
    return "deny_early" if until is not None and today() < until else "deny"
