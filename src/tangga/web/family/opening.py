"""Opening a family: who may, which release, what is recorded, and where retired ids lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from tangga.texts import say
from tangga.web.audit import actions
from tangga.web.database.rows import value
from tangga.web.family import away, queries
from tangga.web.family.classes import classes
from tangga.web.family.counted import Household
from tangga.web.family.eyes import Eyes
from tangga.web.family.people import Names
from tangga.web.jinja import language_of
from tangga.web.journeys.care import guests, service
from tangga.web.journeys.care.wide import seeing
from tangga.web.pack import area_name
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

LONGEST_ID = 40
AREA_DIGITS = (2, 4, 6, 10)
"""Of a province, regency, district and village."""


@dataclass(frozen=True)
class Opened:
    """One family, read for one page. found: the parts of that page; on: the day of the release;
    move: by which it lives elsewhere since then; None where it does not."""

    id: str
    eyes: Eyes
    found: dict[str, Any]
    names: Names
    on: date
    move: Item | None = None

    @cached_property
    def household(self) -> Household:
        """Its members as the rules read them: as they were when the release was decided."""
        family, people = self.found.get("released") or (self.family, self.found.get("people"))
        return Household(family, people, self.names)

    @property
    def family(self) -> dict[str, Any]:
        """The family's own row."""
        row: dict[str, Any] = self.found["family"]
        return row

    @property
    def path(self) -> list[tuple[str, str]]:
        """(code, name) of the areas from the widest to the village; empty where it is unknown."""
        moved = self.move and self.move.move_of.to_village
        village = str(moved or self.family.get("village") or "")
        if not self.eyes.sees("families", "village"):
            return []
        codes = [village[:digits] for digits in AREA_DIGITS if len(village) >= digits]
        return [(code, area_name(code, self.eyes.language)) for code in codes]

    @property
    def personal(self) -> bool:
        """Whether the viewer reads more than who the family is."""
        return "personal" in self.eyes.full


def open_family(
    request: HttpRequest, family_id: str, parts: Mapping[str, queries.Part], seen: str
) -> Opened | HttpResponse:
    """A family with the parts of a page, recorded as `seen`; or the way to what it became.

    Http404 for an unknown id and for one of another area alike: neither says that there is such a
    family.
    """
    viewer: Viewer = request.viewer
    release = request.release
    if release is None or len(family_id) > LONGEST_ID:
        raise Http404
    case = viewer.may("case")
    if case:
        parts = {**parts, **queries.FOR_THE_CASE_TEAM}
    found = queries.read(parts, release["number"], family_id, case)
    if found["family"] is None and (origin := guests.guest_area(family_id, viewer)) is not None:
        # It has moved here since: the release still has it where it came from.
        with seeing(viewer, origin, case=case):
            found = queries.read(parts, release["number"], family_id, case)
    if found["family"] is None and not viewer.cases_only:
        return _became(request, family_id)
    if found["family"] is None or (viewer.cases_only and not _has_case(found, family_id)):
        raise Http404
    move = guests.moved(family_id)
    if away.gone(move, viewer):
        return away.page(request, family_id, found, move)
    eyes = Eyes(viewer, classes(release["number"]), language_of(request))
    area = str(found["family"].get("area", ""))
    actions.record(seen, by=viewer, family_id=family_id, area=area)
    names = Names.of(eyes, found.get("people"))
    return Opened(family_id, eyes, found, names, release["as_of"], move)


def _has_case(found: Mapping[str, Any], family_id: str) -> bool:
    in_release = any(found.get(name) for name in queries.FOR_THE_CASE_TEAM)
    return in_release or service.at_a_sentra(family_id)


def _became(request: HttpRequest, family_id: str) -> HttpResponse:
    """A retired id leads to what it became, where the viewer may see that."""
    if not _has_lineage(request):
        raise Http404
    here = [row["new_id"] for row in queries.successors(family_id) if row["here"]]
    if not here:
        raise Http404
    language = language_of(request)
    key = "web_family.became" if len(here) == 1 else "web_family.became_several"
    messages.info(request, say(key, language, old=family_id, new=", ".join(here)))
    return redirect("family", family_id=here[0])


def _has_lineage(request: HttpRequest) -> bool:
    release = request.release
    return "lineage" in classes(release["number"]).held


def family_of(person_id: str) -> str:
    """The family of a person; Http404 where there is none, or none that the viewer may see."""
    found = value(queries.PERSON, [person_id]) if len(person_id) <= LONGEST_ID else None
    if found is None:
        raise Http404
    return str(found)
