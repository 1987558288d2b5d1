"""Who stands at the counter: by NIK, family card or name; or by the number of their ticket."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tangga.web.appeals.views import kinds_for
from tangga.web.database.rows import rows
from tangga.web.search.ask import Asked
from tangga.web.search.queries import BY_NUMBER
from tangga.web.search.views import PAGE, Found, _about, _by_name, _by_number
from tangga.web.secrets import blinds
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

TICKET = re.compile(r"[A-Z]{2,5}/[0-9]{2,10}/[0-9]{4}/[0-9]{1,8}")


@dataclass(frozen=True)
class Resident:
    """Somebody who may be meant. to: where they are served."""

    shown: Found
    to: str


def ticket(typed: str, viewer: Viewer) -> str | None:
    """The address of the matter that a ticket names; '' where there is none that the viewer sees;
    None: what was typed is no ticket."""
    number = "".join(typed.upper().split())
    if not TICKET.fullmatch(number):
        return None
    found = Item.objects.filter(number=number, kind__in=kinds_for(viewer)).first()
    return reverse("appeal", args=[found.pk]) if found else ""


def residents(asked: Asked, viewer: Viewer) -> str | list[Resident]:
    """The address where somebody is served, if a number leads to one family; else who may be
    meant, at most a page of them. Recorded as any search is."""
    found = _by_number(viewer, asked) if asked.number else _by_name(viewer, asked)
    if not isinstance(found, str):
        return _listed(asked, viewer, found)
    family_id = found.strip("/").split("/")[-1]
    return served_at(family_id, _bearer(asked.number, family_id))


def served_at(family_id: str, person_id: str = "") -> str:
    """The page of a family at the counter, for one of its members."""
    address = reverse("counter_family", args=[family_id])
    return f"{address}?orang={person_id}" if person_id else address


def _listed(asked: Asked, viewer: Viewer, found: Sequence[dict[str, Any]]) -> list[Resident]:
    shown = _about(viewer, asked, found)["people"]
    return [
        Resident(one, served_at(row["family_id"], row["person_id"]))
        for row, one in zip(found[:PAGE], shown, strict=True)
        if row["family_id"] and one.to
    ]


def _bearer(number: str, family_id: str) -> str:
    """The member of a family who bears a number; '' for a family card's."""
    found = rows(BY_NUMBER, {"blind": blinds(number)})
    people = {row["person_id"] for row in found if row["family_id"] == family_id}
    people.discard(None)
    return str(people.pop()) if len(people) == 1 else ""
