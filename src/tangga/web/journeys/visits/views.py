"""The pages of visits: whose turn it is, the form, a visit as it was saved, plans."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tangga.texts import Language, say
from tangga.web.audit.actions import record
from tangga.web.journeys.visits import actions, mine, records, saving
from tangga.web.journeys.visits.facts import seen_of
from tangga.web.journeys.visits.models import Visit
from tangga.web.journeys.visits.pilar import pilar_of, works_by_families
from tangga.web.journeys.visits.reading import Home, new_form, read
from tangga.web.journeys.visits.record_forms import VILLAGE_DIGITS
from tangga.web.journeys.visits.seen import told_of
from tangga.web.journeys.visits.tabs import tabs
from tangga.web.journeys.visits.wanted import BANDS, wanted
from tangga.web.lists.release import held
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs

A_PAGE = 20
UNFOLDED = 3
"""Of so many cards the questions stand open: one visits the first ones first."""
SHOWN_QUESTIONS = 3
SHOWN_DECIDES = 3


@needs("visit")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """`/kunjungan/`: a worker's families in the order of their visits; `?bagian=`: one band,
    `?desa=`: one village."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    cards = mine.families(viewer, held(request))
    village = request.GET.get("desa", "")[:VILLAGE_DIGITS]
    near = [card for card in cards if card.row["area"] == village] if village else cards
    chosen = request.GET.get("bagian", "")
    shown = [card for card in near if card.band == chosen] if chosen in BANDS else near
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("hal"))
    record("visits_seen", by=viewer, about={"families": [c.id for c in page.object_list]})
    pilar = pilar_of(viewer)
    context = {
        "cards": [_card(card, viewer) for card in page.object_list],
        "first": page.start_index(),
        "unfolded": UNFOLDED,
        "total": len(near),
        "everybody": len(cards),
        "bands": mine.counted(near),
        "villages": mine.villages(cards, viewer.language),
        "village": village,
        "chosen": chosen if chosen in BANDS else "",
        "pager": _pager(page, chosen, village),
        "by_families": works_by_families(viewer),
        "records": wanted().records_of(pilar),
        "open_records": records.still_open(viewer),
        "today": today(),
        "may_plan": bool(viewer.worker),
        "visit_tabs": tabs(viewer, "visits"),
    }
    return render(request, "visits/index.html", context)


def _card(card: mine.Card, viewer: Viewer) -> dict[str, Any]:
    language = viewer.language
    named = viewer.sight("identity") == "full"
    asked = list(dict.fromkeys(one.words[language] for one in card.asked))
    decides = mine.decides(card, language)
    return {
        "card": card,
        "name": (card.row["head_name"] if named else "") or say("web_visits.no_head", language),
        "place": card.place(language) if named else "",
        "why": mine.why(card, language),
        "decides": ", ".join(decides[:SHOWN_DECIDES]),
        "decides_more": max(0, len(decides) - SHOWN_DECIDES),
        "asked": asked[:SHOWN_QUESTIONS],
        "many": len(asked),
        "more": max(0, len(asked) - SHOWN_QUESTIONS),
    }


def _pager(page: Any, chosen: str, village: str) -> dict[str, Any]:
    kept = {"bagian": chosen, "desa": village}

    def to(number: int) -> str:
        return "?" + urlencode({"hal": number} | {k: v for k, v in kept.items() if v})

    return {
        "number": page.number,
        "before": to(page.previous_page_number()) if page.has_previous() else None,
        "after": to(page.next_page_number()) if page.has_next() else None,
        "of": page.paginator.num_pages,
    }


@needs("visit")
@require_http_methods(["GET", "POST"])
def visit_family(request: HttpRequest, family_id: str) -> HttpResponse:
    """`/kunjungan/keluarga/<id>/`: the form of a visit to one family; saves what was filled in."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if request.method == "POST":
        return saving.receive(request, family_id)
    home = read(request, family_id)
    if home is None:
        raise Http404
    left = saving.gone(home, viewer)
    if left is not None:
        return saving.left(request, home, left, [])
    record("visit_opened", by=viewer, family_id=family_id, area=home.area)
    form = saving.form(home, initial={"on_date": today().isoformat()})
    key = new_form(family_id, home.area, viewer)
    return render(request, "visits/form.html", saving.context(home, form, key.signed()))


@needs("visit")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """`/kunjungan/<id>/ubah/`: correct one's own visit, as long as no release holds it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    visit = _visit(number)
    if not visit.made or not actions.may_change(visit, viewer):
        messages.error(request, actions.Final().words(viewer.language))
        return redirect("visit", number)
    home = read(request, visit.family_id)
    if home is None:
        raise Http404
    if request.method == "POST":
        return saving.correct(request, visit, home)
    form = saving.form(home, seen=seen_of(visit.facts), initial=_open_columns(visit))
    shown = saving.context(home, form, "") | {"visit": visit}
    return render(request, "visits/form.html", shown)


def _open_columns(visit: Visit) -> dict[str, Any]:
    day = visit.on_date.isoformat() if visit.on_date else ""
    return {"on_date": day, "purpose": visit.purpose, "result": visit.result}


@needs("families")
@require_GET
def visit(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """`/kunjungan/<id>/`: one visit as it was saved, and its former versions."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = _visit(number)
    home = read(request, found.family_id)
    if home is None or viewer.cases_only or viewer.sight("personal") != "full":
        raise Http404
    record("visit_read", by=viewer, family_id=found.family_id, area=found.area)
    shown = {
        "home": home,
        "visit": found,
        "told": told_of(found, home.eyes, home.names),
        "former": found.former.count(),
        "taken": actions.taken(found),
        "may_change": found.made and actions.may_change(found, viewer),
        "records": wanted().records_of(pilar_of(viewer)),
    }
    return render(request, "visits/visit.html", shown)


def _visit(number: uuid.UUID) -> Visit:
    found = Visit.objects.filter(pk=number, dropped=False).first()
    if found is None:
        raise Http404
    return found


@needs("visit")
@require_POST
def plan(request: HttpRequest, family_id: str) -> HttpResponse:
    """Plan the next visit to a family for a day, or drop the plan."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    home = read(request, family_id)
    if home is None or not viewer.worker or saving.gone(home, viewer) is not None:
        raise Http404
    try:
        text = _planned(request, home, viewer)
    except actions.Refused as refused:
        messages.error(request, refused.words(viewer.language))
    else:
        messages.success(request, text)
    back = request.POST.get("ke", "")
    own = back == "keluarga"
    return redirect("family", family_id) if own else redirect(f"{reverse('visits')}#k-{family_id}")


def _planned(request: HttpRequest, home: Home, viewer: Viewer) -> str:
    language: Language = viewer.language
    if request.POST.get("batal"):
        same = {"family_id": home.id, "worker": viewer.worker, "on_date": None, "dropped": False}
        found = Visit.objects.filter(**same).first()
        if found is None:
            raise actions.NoPlan()
        actions.unplan(found, by=viewer)
        return say("web_visits.unplanned", language)
    day = _day(request.POST.get("hari", ""))
    if day is None:
        raise actions.NoPlan()
    purpose = wanted().form_of(pilar_of(viewer)).purpose
    actions.plan(family_id=home.id, area=home.area, day=day, purpose=purpose, by=viewer)
    return say("web_visits.planned", language)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
