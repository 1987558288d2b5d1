"""Places in empowerment, and what villages have to offer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.journeys.climb import group_forms, kube, places
from tangga.web.journeys.climb.criteria import word
from tangga.web.journeys.climb.models import Place, Potential, Turnover
from tangga.web.journeys.climb.reading import read_family
from tangga.web.journeys.climb.views import LONGEST_TEXT, opened, served_here, viewer_of
from tangga.web.pack import code_label
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs
from tangga.web.work.pages import address
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import item_of, refuse, saved, standing

WRITE = ("empower", "propose", "plan_propose")
"""Who may say what a village has."""


@needs("empower")
@served_here
def propose(request: HttpRequest, family_id: str) -> HttpResponse:
    """`/tangga/keluarga/<id>/tempat/`: a place for somebody of a family."""
    viewer, read = viewer_of(request), opened(request, family_id)
    form = group_forms.PlaceForm(request.POST or None, viewer=viewer, read=read)
    if request.method == "POST" and form.is_valid():
        try:
            item = places.propose(family_id=family_id, by=viewer, **form.cleaned_data)
        except Refusal as refusal:
            return refuse(request, refusal, request.path)
        messages.success(request, saved(item, viewer))
        return redirect(address(item))
    context = {
        "form": form,
        "read": read,
        "head": read.head if viewer.sight("identity") == "full" else family_id,
        "free": [
            (book().label(one, viewer.language), places.free_places(one, read.area))
            for one in form.units
        ],
    }
    return render(request, "climb/place_new.html", context)


@needs("families", "determine")
def place(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/tangga/tempat/<id>/`: one place, what the rule says, the turnover, the next step."""
    viewer = viewer_of(request)
    item = item_of(request, number, places.KIND)
    found = Place.objects.select_related("potential").filter(pk=item.pk).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        return _take(request, item, viewer)
    record("climb_seen", by=viewer, family_id=found.family_id, area=item.area)
    shown = standing(item, viewer)
    done = set(Turnover.objects.filter(item=item).values_list("month", flat=True))
    return render(
        request,
        "climb/place.html",
        {
            **shown,
            **_whose(found, viewer),
            "given": found,
            "programme": book().label(found.programme, viewer.language),
            "free": places.free_places(found.programme, found.area),
            "turnovers": Turnover.objects.filter(item=item),
            "check_ups": kube.check_ups(found.begun, done, today()),
            "turnover_form": group_forms.TurnoverForm(viewer=viewer),
            "finish_form": group_forms.FinishForm(viewer=viewer),
            "can": [one for one in shown["can"] if one[0].name not in ("record", "finish")],
            "steps": {step.name for step, _ in shown["can"]},
        },
    )


def _whose(found: Place, viewer: Viewer) -> dict[str, Any]:
    """For whom it is, who determines it, and what the rule says."""
    read, language = read_family(found.family_id, viewer=viewer), viewer.language
    verdict = places.says(read, found.programme, found.person_id) if read else None
    named = viewer.sight("identity") == "full" and read is not None
    who = read.who(found.person_id) if read and found.person_id else None
    programme = book().policy.programmes.get(found.programme)
    return {
        "by_whom": code_label("determiner", programme.determined_by, language) if programme else "",
        "head": read.head if named and read else found.family_id,
        "person": read.name_of(who) if named and read and who is not None else "",
        "verdict": None
        if verdict is None
        else [(one.requirement.labels[language], word(one.answer)) for one in verdict.all],
    }


def _take(request: HttpRequest, item: Any, viewer: Viewer) -> HttpResponse:
    said = request.POST.get("versi", "")
    version = int(said) if said.isdecimal() else -1
    step = request.POST.get("langkah", "")
    try:
        if step == "record":
            form = group_forms.TurnoverForm(request.POST, viewer=viewer)
            if not form.is_valid():
                messages.error(request, form.said())
                return redirect(address(item))
            places.turnover(item, by=viewer, version=version, **form.cleaned_data)
        else:
            places.take(
                item,
                step,
                by=viewer,
                version=version,
                reason=(request.POST.get("alasan") or request.POST.get("reason", "")).strip()[
                    :LONGEST_TEXT
                ],
                document=request.POST.get("dokumen", "").strip()[:200],
                result=request.POST.get("result", ""),
            )
    except Refusal as refusal:
        return refuse(request, refusal, address(item))
    messages.success(request, say("web_climb.saved", viewer.language))
    return redirect(address(item))


@needs("families")
def potentials(request: HttpRequest) -> HttpResponse:
    """`/tangga/potensi/`: what the villages of the area have, with date and source."""
    viewer = viewer_of(request)
    may = viewer.may_one_of(*WRITE)
    form = group_forms.PotentialForm(
        request.POST or None, viewer=viewer, initial={"on_date": today()}
    )
    if request.method == "POST":
        if not may:
            raise PermissionDenied("empower")
        if form.is_valid():
            keep_potential(form.cleaned_data, viewer)
            messages.success(request, say("web_climb.saved", viewer.language))
            return redirect("climb_potentials")
    found = Potential.objects.filter(gone=None).order_by("area", "kind", "name")[:300]
    rows = [
        {
            "row": one,
            "kind": say(f"web_climb.kind_{one.kind}", viewer.language),
            "business": code_label("industry", one.business, viewer.language)
            if one.business
            else "",
            "months": (today() - one.on_date).days // 30,
        }
        for one in found
    ]
    context = {"rows": rows, "may": may, "form": form if may else None}
    return render(request, "climb/potentials.html", context)


def keep_potential(said: dict[str, Any], viewer: Viewer) -> Potential:
    """Write down something that work can rest on in a place. said: what `PotentialForm` asks."""
    made: Potential = Potential.objects.create(by=viewer.user, **said)
    record("potential_kept", by=viewer, area=made.area, about={"potential": str(made.pk)})
    return made


@needs(*WRITE)
@require_POST
def potential_gone(request: HttpRequest, number: UUID) -> HttpResponse:
    """It is no longer there; plans that name it keep it."""
    viewer = viewer_of(request)
    found = Potential.objects.filter(pk=number, gone=None).first()
    if found is None:
        raise Http404
    found.gone, found.version = today(), found.version + 1
    found.save(update_fields=["gone", "version"])
    record("potential_gone", by=viewer, area=found.area, about={"potential": str(found.pk)})
    messages.success(request, say("web_climb.saved", viewer.language))
    return redirect("climb_potentials")
