"""What an objection does to a decision of the ladder: one that has not taken effect waits; one that
has is undone where the objection is upheld."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tangga.web.journeys.climb import undoing
from tangga.web.journeys.climb.acting import BELT, OBJECT
from tangga.web.journeys.climb.models import Step
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.models import Item, Taken

DECIDED = ("graduation", "cap_decision")
TOLD, SUSPENDED = "notified", "suspended"


def against(family_id: str) -> list[Item]:
    """Decisions of which a family was told, and that hold not yet."""
    found = Item.objects.filter(family_id=family_id, kind__in=DECIDED, state=TOLD)
    return list(found.order_by("at"))


@transaction.atomic
def lodged(family_id: str, *, by: Viewer | None, number: str, item: Item | None = None) -> bool:
    """An objection was lodged: whether it holds a decision back. number: of the objection; item:
    the decision that it is about, be it in effect; left out: each one that is not."""
    found = [one for one in against(family_id) if item is None or one.pk == item.pk]
    for one in found:
        actions.follow(one, OBJECT, by=by, about={"objection": number})
    if item is not None and not found and undoing.can_be_undone(item):
        Step.objects.filter(pk=item.pk).update(objection=number)
    return bool(found)


@transaction.atomic
def answered(family_id: str, *, upheld: bool, by: Viewer | None, number: str) -> None:
    """The objection was answered, or withdrawn (not upheld): what it held back is void, or the
    notice runs on; what was in effect already is undone, or stands."""
    about = {"objection": number}
    for one in Item.objects.filter(family_id=family_id, kind__in=DECIDED, state=SUSPENDED):
        held = _held_by(one)
        if held.get("objection") != number:
            continue
        void = upheld and not held.get(BELT)
        actions.follow(one, "uphold" if void else "resume", by=by, about=about)
    for step in Step.objects.filter(family_id=family_id, objection=number).select_related("item"):
        if upheld:
            undoing.upheld(step.item, by=by, number=number)
        else:
            Step.objects.filter(pk=step.pk).update(objection="")


def _held_by(item: Item) -> dict[str, Any]:
    """What is kept of the objection that holds an item back."""
    last = Taken.objects.filter(item=item, step=OBJECT).order_by("-n").first()
    return dict(last.about) if last else {}
