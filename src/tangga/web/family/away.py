"""A family that moved away since the release, before who served it: that it moved, and their part.

Its page is read where it lives now. The area of origin keeps what it did itself: the support that
it paid, its own papers and matters; nothing of how the family lives, and nothing of its health.
"""

from __future__ import annotations

from typing import Any, TypeGuard

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tangga.web.audit import actions
from tangga.web.journeys.care import guests
from tangga.web.pack import area_name
from tangga.web.papers.models import Paper
from tangga.web.policy.book import book
from tangga.web.programmes import spells
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item
from tangga.web.work.views import row as work_row

MOST = 50


def left(family_id: str, viewer: Viewer) -> Item | None:
    """The move by which a family left the viewer's area; None while it is theirs to read."""
    last = guests.moved(family_id)
    return last if gone(last, viewer) else None


def gone(last: Item | None, viewer: Viewer) -> TypeGuard[Item]:
    """Whether that move led out of the viewer's area."""
    return last is not None and not viewer.covers(last.move_of.to_village)


def page(request: HttpRequest, family_id: str, found: dict[str, Any], move: Item) -> HttpResponse:
    """`family/away.html`, recorded as a look at a family that moved."""
    viewer: Viewer = request.viewer
    actions.record("family_away_seen", by=viewer, family_id=family_id, area=str(move.area))
    mine = move.move_of
    reads = viewer.sight("personal") == "full"
    about = {
        "family_id": family_id,
        "head": _head(found, viewer) or family_id,
        "place": area_name(mine.to_village, viewer.language),
        "moved_on": mine.moved_on,
        "accepted_on": mine.accepted_on,
        "support": _support(family_id, mine.accepted_on, viewer) if reads else [],
        "papers": _papers(family_id) if reads else [],
        "matters": _matters(family_id, viewer) if reads else [],
    }
    return render(request, "family/away.html", about)


def _head(found: dict[str, Any], viewer: Viewer) -> str:
    """The name of the head, and of nobody else."""
    if viewer.sight("identity") != "full":
        return ""
    of = (found.get("family") or {}).get("head_person_id")
    people = found.get("people") or ()
    return next((str(one.get("name") or "") for one in people if one["person_id"] == of), "")


def _support(family_id: str, until: Any, viewer: Viewer) -> list[dict[str, Any]]:
    """By programme from when to when, up to the day of the move: of whom and of which component
    would tell of health and school."""
    spans: dict[str, list[Any]] = {}
    for one in spells.pieces_of(family_id=family_id):
        if one.valid_from < until:
            end = until if one.valid_to is None else min(one.valid_to, until)
            spans.setdefault(one.kind.programme, []).append((one.since, end))
    return [
        {
            "label": book().label(programme, viewer.language),
            "since": min(since for since, _ in each),
            "until": max(end for _, end in each),
        }
        for programme, each in sorted(spans.items())
    ]


def _papers(family_id: str) -> list[Paper]:
    """Those of the own area that tell of no case; each opens by its own rule."""
    return list(Paper.objects.filter(family_id=family_id, cased=False).order_by("-at")[:MOST])


def _matters(family_id: str, viewer: Viewer) -> list[dict[str, Any]]:
    found = Item.objects.filter(family_id=family_id).exclude(kind="referral").order_by("-at")
    return [work_row(one, viewer) for one in found[:MOST]]
