"""The office's queue of files whose deadline has passed: a number and what is late, never who."""

from __future__ import annotations

from tangga.texts import say
from tangga.web.journeys.care.wide import seeing
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item

KIND = "care_late"
OFFICE_DIGITS = 4
"""Of the area of a regency or city: the queue does not say in which village it is."""
SETTLE = "settle"


def tell(item: Item) -> None:
    """Put a file whose deadline has passed into the queue of its office; the clock's alone."""
    state = workflow(item.kind).states[item.state]
    title = say("web_care.late_title", "id", number=item.number, state=state.label("id"))
    actions.begin(
        KIND,
        by=None,
        area=item.area[:OFFICE_DIGITS],
        title=title,
        parent=item,
        about={"file": item.number, "state": item.state},
    )


def settle(item: Item, by: Viewer | None) -> None:
    """Close what waits in the queue about a file that moves again. Whoever moved it may be posted
    in one district only, so it is looked for in the regency."""
    with seeing(by, item.area[:OFFICE_DIGITS], case=True):
        waiting = list(Item.objects.filter(kind=KIND, parent=item, closed_on=None))
        for one in waiting:
            actions.follow(one, SETTLE, by=by)
