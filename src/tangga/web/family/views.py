"""The pages of one family: what stands and why, where it comes from, what happened, on paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tangga.texts import say
from tangga.web.corrections.on_family import OVERLAY, since_then
from tangga.web.family import code_image, home, queries, support, tasks
from tangga.web.family import history as past
from tangga.web.family import sheet as paper
from tangga.web.family import sources as origins
from tangga.web.family import standing as stands
from tangga.web.family.conclusion import conclusion
from tangga.web.family.opening import Opened, family_of, open_family
from tangga.web.family.people import elsewhere, members
from tangga.web.family.why import why
from tangga.web.journeys.care.on_family import on_family
from tangga.web.journeys.climb.family import on_family as climb_on_family
from tangga.web.journeys.visits.queries import SINCE
from tangga.web.journeys.visits.seen import since_release
from tangga.web.overlay.against import AGAINST, against
from tangga.web.pack import code_label
from tangga.web.policy.book import book
from tangga.web.viewer import needs

TABS = (
    ("family", "tab_page", "families"),
    ("family_sources", "tab_sources", "sources"),
    ("family_history", "tab_history", "families"),
    ("family_sheet", "tab_sheet", "families"),
)
"""Each page of a family: its URL's name, its text, the verb that it needs."""


@needs("families")
def family(request: HttpRequest, family_id: str) -> HttpResponse:
    """`/keluarga/<id>/`: where the family stands and why."""
    parts = {**queries.PAGE, "since": SINCE, "overlay": OVERLAY, "against": AGAINST}
    opened = open_family(request, family_id, parts, "family_seen")
    if not isinstance(opened, Opened):
        return opened
    opened, since = since_then(opened)
    about = _about(opened, "family") | _page(opened)
    about |= {"since_then": since, "against": against(opened)}
    return render(request, "family/page.html", about)


def _about(opened: Opened, here: str) -> dict[str, Any]:
    """What the head of each page says."""
    eyes, row = opened.eyes, opened.family
    people = members(eyes, opened.found.get("people"), row.get("head_person_id"), opened.on)
    title = next((one.name for one in people if one.is_head and one.name), None)
    status = row.get("status", "")
    return {
        "family": opened,
        "here_tab": here,
        "tabs": list(_tabs(opened, here)),
        "people": people,
        "title": title.text if title else say("web_family.no_head", eyes.language),
        "named": title is not None,
        "absent": max(0, int(row.get("member_count") or 0) - sum(not one.dead for one in people)),
        "status": code_label("family_status", status, eyes.language),
        "is_active": status == "active",
    }


def _tabs(opened: Opened, here: str) -> list[dict[str, Any]]:
    viewer = opened.eyes.viewer
    return [
        {
            "url": reverse(name, args=[opened.id]),
            "label": say(f"web_family.{text}", opened.eyes.language),
            "here": name == here,
        }
        for name, text, verb in TABS
        if viewer.may(verb) and (name == "family" or opened.personal)
    ]


def _page(opened: Opened) -> dict[str, Any]:
    """The parts of the family page; for who sees identity alone, only who they are."""
    eyes, found, names, on = opened.eyes, opened.found, opened.names, opened.on
    shared = {
        "kk": eyes.show("families", opened.family, "kk", "family"),
        "address": home.picked(eyes, opened.family, ("address", "rt", "rw", "place_kind")),
    }
    if not opened.personal:
        return shared
    stand, clock = stands.standing(eyes, found, opened.household, on), stands.clock(eyes, found, on)
    return shared | {
        "why": why,
        "standing": stand,
        "clock": clock,
        "conclusion": conclusion(eyes, found, clock, stand, on),
        "rank": stands.rank(eyes, found, opened.household, on),
        "also": elsewhere(eyes, found["elsewhere"]),
        "programmes": support.programmes(eyes, found, opened.household, on),
        "payees": support.payees(eyes, found, names),
        "payments": support.payments(eyes, (found["payments"] or {}).get("last"), names),
        "all_payments": (found["payments"] or {}).get("all") or 0,
        "home": home.sections(eyes, opened.family),
        "belongings": home.belongings(eyes, opened.family),
        "visit": tasks.visit(eyes, found["visit"], names),
        "last_visit": found["last_visit"],
        "seen": since_release(eyes, found["since"], opened.family, names),
        "open_matters": tasks.open_matters(eyes, found, names),
        "in_service": tasks.in_service(eyes, found, names),
        "care": on_family(opened),
        "climb": climb_on_family(opened),
        "case_notes": tasks.case_notes(eyes, found, names),
        "workers": tasks.workers(eyes, found["workers"]),
        "rules_differ": book().decided_by(eyes.classes.policy) is False,
    }


@needs("sources")
def sources(request: HttpRequest, family_id: str) -> HttpResponse:
    """`/keluarga/<id>/sumber/`: each value with its source, and what made several records one."""
    parts = {**queries.SOURCES, "against": AGAINST}
    opened = open_family(request, family_id, parts, "sources_seen")
    if not isinstance(opened, Opened):
        return opened
    told = origins.told(opened) | {"against": against(opened)}
    return render(request, "family/sources.html", _about(opened, "family_sources") | told)


@needs("families")
def history(request: HttpRequest, family_id: str) -> HttpResponse:
    """`/keluarga/<id>/riwayat/`: what happened, and who looked."""
    opened = open_family(request, family_id, queries.HISTORY, "history_seen")
    if not isinstance(opened, Opened):
        return opened
    return render(
        request, "family/history.html", _about(opened, "family_history") | past.told(opened)
    )


@needs("families")
def sheet(request: HttpRequest, family_id: str) -> HttpResponse:
    """`/keluarga/<id>/lembar/`: one A4 to take along, with a column for corrections."""
    opened = open_family(request, family_id, {**queries.SHEET, "overlay": OVERLAY}, "sheet_printed")
    if not isinstance(opened, Opened):
        return opened
    opened, _ = since_then(opened)
    url = request.build_absolute_uri(reverse("family", args=[opened.id]))
    about = _about(opened, "family_sheet") | {"code": code_image.svg(url)}
    return render(request, "family/sheet.html", about | paper.told(opened, about["people"]))


@needs("families")
def person(request: HttpRequest, person_id: str) -> HttpResponse:
    """`/orang/<id>/`: the page of the family that programmes count this person in."""
    return redirect("family", family_id=family_of(person_id))
