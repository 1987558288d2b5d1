"""Places of a programme by a document: written down by one, confirmed by another."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from tangga.web.policy.book import book
from tangga.web.programmes.models import Quota
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.models import Item, Taken
from tangga.web.work.refusals import NotYours

KIND = "quota"


@transaction.atomic
def write_down(
    *, programme: str, area: str, year: int, places: int, document: str, by: Viewer
) -> Quota:
    """Places of a programme in an area and year; they hold once another has confirmed them."""
    if not by.covers(area):
        raise NotYours(verb=KIND)
    title = f"{book().label(programme, 'id')} · {year}"
    item = actions.begin(KIND, by=by, area=area, title=title, document=document)
    return Quota.objects.create(
        item=item,
        area=area,
        programme=programme,
        year=year,
        places=places,
        document=document.strip(),
        state=item.state,
    )


def step(item: Item, taken: Taken, by: Viewer | None) -> None:
    """The effect of the workflow."""
    found = Quota.objects.filter(item=item).first()
    if found is None:
        return
    found.state, found.decided_at = item.state, timezone.now()
    found.save(update_fields=["state", "decided_at"])
