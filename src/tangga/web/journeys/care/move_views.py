"""Pages of moves between areas: the list, a new one, one with what goes along."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tangga.web.audit.actions import record
from tangga.web.journeys.care import guests, moves, people
from tangga.web.journeys.care.move_forms import REGENCY, MoveForm, regencies
from tangga.web.journeys.care.moves import KIND, Consent
from tangga.web.pack import areas, code_label
from tangga.web.paging import pager
from tangga.web.papers.models import Paper
from tangga.web.policy.book import book
from tangga.web.viewer import Viewer, needs
from tangga.web.work.models import Item
from tangga.web.work.queries import waiting
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import item_of, refuse, row, saved, standing

A_PAGE = 50
TABS = ("mine", "incoming", "outgoing", "closed")


READERS = ("propose", "verify", "move_decide")
"""Who proposes, accepts or decides."""


@needs(*READERS, delegated=True)
def list_of_moves(request: HttpRequest) -> HttpResponse:
    """`/pindah/`: moves into and out of the area, `?bagian=` one tab."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    counts = {name: _tab(viewer, name).count() for name in TABS}
    tab = request.GET.get("bagian") or next((one for one in TABS if counts[one]), TABS[0])
    if tab not in TABS:
        raise Http404
    page = Paginator(_tab(viewer, tab), A_PAGE).get_page(request.GET.get("hal"))
    rows = [row(item, viewer) for item in page.object_list]
    for one in rows:
        one["head"] = moves.packet(one["item"])["head"] or one["item"].family_id
    context = {
        "rows": rows,
        "tab": tab,
        "tabs": counts,
        "pager": pager(page, bagian=tab),
    }
    return render(request, "care/moves.html", context)


def _tab(viewer: Viewer, tab: str) -> Any:
    area = viewer.area or ""
    found = Item.objects.filter(kind=KIND)
    if tab == "mine":
        found = waiting(viewer, [KIND])
    elif tab == "incoming":
        found = found.filter(other_area__startswith=area, closed_on=None)
    elif tab == "outgoing":
        found = found.filter(area__startswith=area, closed_on=None)
    else:
        found = found.filter(closed_on__isnull=False)
    return found.select_related("move_of").order_by("due", "at", "id")


@needs("propose")
def propose(request: HttpRequest, family_id: str) -> HttpResponse:
    """`/pindah/baru/<family>/`: first the regency (`?ke=`), then the village and the rest."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    with guests.reading(family_id, viewer):
        found = None if viewer.cases_only else people.family(family_id)
        head = people.heads([family_id], viewer).get(family_id, family_id)
    if found is None:
        raise Http404
    chosen = request.GET.get("ke", "")
    regency = areas().by_code.get(chosen)
    context: dict[str, Any] = {"family_id": family_id, "head": head, "chosen": chosen}
    if regency is None or regency.level != REGENCY:
        shown = context | {"regencies": regencies(viewer.language), "form": None}
        return render(request, "care/move_new.html", shown)
    form = MoveForm(request.POST or None, language=viewer.language, regency=chosen)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            item = moves.propose(
                family_id=family_id,
                to_village=said["to_village"],
                moved_on=said["moved_on"],
                consent=Consent(said["consent_on"], said["consent_document"]),
                words=said["words"],
                document=said["document"],
                by=viewer,
            )
        except Refusal as refusal:
            return refuse(request, refusal, reverse("family", args=[family_id]))
        messages.success(request, saved(item, viewer))
        return redirect("area_move", item.pk)
    return render(request, "care/move_new.html", context | {"form": form, "to": regency.name})


@needs(*READERS, delegated=True)
def move(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/pindah/<id>/`: what the destination needs to know to accept, and who answers by when."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = item_of(request, number, KIND)
    record("move_seen", by=viewer, family_id=item.family_id, area=item.area)
    said = moves.packet(item)
    members = [
        {
            "name": people.shown(one["name"], viewer),
            "nik": moves.masked_nik(one["nik"]) if one["nik"] else "–",
            "relation": code_label("relation", one["relation"] or "", viewer.language),
            "born": one["birth_year"] or "–",
        }
        for one in said["members"]
    ]
    context = {
        "mine": item.move_of,
        "head": people.shown(said["head"], viewer),
        "members": members,
        "months": said["months"],
        "programmes": [book().label(one, viewer.language) for one in said["programmes"]],
        "rung": code_label("rung", said["rung"], viewer.language) if said["rung"] else "",
        "papers": list(Paper.objects.filter(item=item)),
        "hide_family": not viewer.covers(item.area) and guests.where(item.family_id) is None,
    }
    return render(request, "care/move.html", {**standing(item, viewer), **context})
