"""Families that moved since the release, to here or away, until a release says so itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tangga.texts import say
from tangga.web.database import prepared
from tangga.web.database.rows import value
from tangga.web.journeys.care.refusals import Moved
from tangga.web.journeys.care.wide import seeing
from tangga.web.overlay.read import CONSUMED
from tangga.web.pack import NATION, area_name
from tangga.web.secrets import unseal
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

KIND, ACCEPTED = "area_move", "accepted"
KNOWN = f"SELECT EXISTS ({CONSUMED} WHERE c.correction_id = %s)"
# Every page of a family asks this, and nearly none has moved.
LAST = f"""
SELECT last.id FROM (
    SELECT w.id, m.correction_id FROM public.work_item AS w
    JOIN public.care_areamove AS m ON m.item_id = w.id
    WHERE w.family_id = %s AND w.kind = %s AND w.state = %s
    ORDER BY w.closed_on DESC, w.at DESC LIMIT 1) AS last
WHERE NOT EXISTS ({CONSUMED} WHERE c.correction_id = last.correction_id)
"""


def moved(family_id: str) -> Item | None:
    """The last accepted move of a family that no release in force knows of; None without one."""
    last = prepared.value(LAST, [family_id, KIND, ACCEPTED])
    return None if last is None else Item.objects.select_related("move_of").get(pk=last)


def where(family_id: str) -> str | None:
    """The village where a family lives by such a move."""
    last = moved(family_id)
    return None if last is None else str(last.move_of.to_village)


def guest_area(family_id: str, viewer: Viewer) -> str | None:
    """Where the release still has a family that now lives in the viewer's area; None: it has not
    moved here, or the viewer sees its place in the release anyway."""
    last = moved(family_id)
    if last is None or not viewer.covers(last.move_of.to_village):
        return None
    origin = str(last.area)
    return None if viewer.covers(origin) else origin


@contextmanager
def reading(family_id: str, viewer: Viewer | None) -> Iterator[None]:
    """Within it, what the release has of a family that moved to the viewer's area is read as well,
    though the release has it elsewhere. Only what concerns this family is asked within."""
    if viewer is None or guest_area(family_id, viewer) is None:
        yield
        return
    with seeing(viewer, NATION, case=viewer.may("case")):
        yield


def family_of(person_id: str, viewer: Viewer) -> str | None:
    """The family, moved here since the release, of which a person is a member."""
    return next((one.family_id for one, said in _packets(viewer) if person_id in said), None)


def names(viewer: Viewer) -> dict[str, str | None]:
    """Of the members of families that moved here since the release."""
    return {person: name for _, said in _packets(viewer) for person, name in said.items()}


def _packets(viewer: Viewer) -> Iterator[tuple[Item, dict[str, str | None]]]:
    found = Item.objects.filter(
        kind=KIND, state=ACCEPTED, other_area__startswith=viewer.area or ""
    ).select_related("move_of")
    for one in found:
        if not value(KNOWN, [one.move_of.correction_id]):
            said = json.loads(unseal(one.move_of.packet) or "{}")
            members = said.get("members", ())
            yield one, {member["person_id"]: member["name"] for member in members}


def still_here(family_id: str, viewer: Viewer) -> None:
    """Moved where a family has left the viewer's area: it is served where it lives now."""
    village = where(family_id)
    if village is not None and not viewer.covers(village):
        raise Moved(place=area_name(village, viewer.language) or say("web.unknown", "id"))
