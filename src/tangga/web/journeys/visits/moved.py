"""Families that moved to another area since the release: whose visits are whose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tangga.web.journeys.care import guests
from tangga.web.overlay.models import Event
from tangga.web.overlay.read import open_rows
from tangga.web.viewer import Viewer

MOVES = ("move_out", "move_in")


@dataclass(frozen=True)
class Gone:
    """To where a family went, and since when."""

    area: str
    since: date


def gone(family_id: str, viewer: Viewer) -> Gone | None:
    """That an accepted move since the release took the whole family out of the viewer's area; None
    where it is still there, or came back."""
    last = guests.moved(family_id)
    if last is not None and last.closed_on is not None:
        village = str(last.move_of.to_village)
        return None if viewer.covers(village) else Gone(village, last.closed_on)
    found = (
        open_rows(Event)
        .filter(family_id=family_id, event__in=MOVES, person_id="")
        .exclude(to_area="")
        .order_by("-on_date", "-at")
        .first()
    )
    if found is None or viewer.covers(found.to_area):
        return None
    return Gone(found.to_area, found.on_date)
