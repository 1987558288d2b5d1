"""What care adds to a family's page: the team's files, support under check, and moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from tangga.texts import say
from tangga.web.journeys.care.people import DEAD
from tangga.web.pack import area_name
from tangga.web.work.models import Item
from tangga.web.work.queries import of_kinds
from tangga.web.work.views import row

if TYPE_CHECKING:
    from tangga.web.family.opening import Opened

FILE, CHECK, MOVE = "referral", "tangguh", "area_move"


def on_family(opened: Opened) -> dict[str, Any]:
    """For the template `care/on_family.html`."""
    viewer = opened.eyes.viewer
    items = of_kinds(opened.id, (FILE, CHECK, MOVE))
    files = [one for one in items if one.kind == FILE]
    return {
        "files": [{**row(one, viewer), "name": opened.names(one.person_id)} for one in files],
        "without": _without_file(opened, files) if viewer.may("case") else [],
        "moved": _moved(opened),
        "matters": [row(one, viewer) for one in items if one.kind != FILE],
        "actions": list(_actions(opened, items)),
    }


def _moved(opened: Opened) -> str:
    """That the family lives elsewhere by now; '' where it does not."""
    last = opened.move
    if last is None:
        return ""
    viewer = opened.eyes.viewer
    here = viewer.covers(last.move_of.to_village)
    place = last.move_of.from_village if here else last.move_of.to_village
    key = "web_care.moved_here" if here else "web_care.moved_away"
    return say(key, viewer.language, place=area_name(place, viewer.language))


def _actions(opened: Opened, items: list[Item]) -> Iterator[dict[str, str]]:
    """What the viewer can open about this family."""
    viewer = opened.eyes.viewer
    if viewer.cases_only:
        return
    moving = any(one.kind == MOVE and not one.closed for one in items)
    for verb, name, text in (
        ("move_propose", "tangguh_raise", "raise"),
        ("propose", "area_move_new", "move_new"),
        ("visit", "case_ask", "ask_for"),
        ("counter", "case_ask", "ask_for"),
    ):
        if moving and name == "area_move_new":
            continue
        if viewer.may(verb) and not (name == "case_ask" and viewer.may("case")):
            yield {
                "url": reverse(name, args=[opened.id]),
                "label": say(f"web_care.{text}", viewer.language),
            }


def _without_file(opened: Opened, files: list[Item]) -> list[dict[str, str]]:
    """Members of whom the team can open a file."""
    if opened.eyes.viewer.cases_only:
        return []
    has = {one.person_id for one in files if not one.closed}
    return [
        {"name": opened.names(person["person_id"]), "url": _open(person["person_id"])}
        for person in opened.found.get("people") or ()
        if person["person_id"] not in has and person.get("status") != DEAD
    ]


def _open(person_id: str) -> str:
    return reverse("case_open", args=[person_id])
