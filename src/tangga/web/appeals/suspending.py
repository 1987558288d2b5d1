"""Whether an objection holds back what would stop: asked by whatever stops anything."""

from __future__ import annotations

from tangga.web.work.models import Item


def suspended_by(family_id: str, person_id: str = "") -> Item | None:
    """The open objection of a family, or of this member, that suspends a stop; None: nothing does.

    An objection that nobody answered in time stays open with the province, and goes on suspending.
    """
    found = Item.objects.filter(
        kind="objection", family_id=family_id, closed_on=None, appeal__suspends=True
    )
    if person_id:
        found = found.filter(person_id__in=("", person_id))
    return found.order_by("at").first()
