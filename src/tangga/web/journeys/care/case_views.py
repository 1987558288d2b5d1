"""Pages of the case team: its list, a new file, one file and its steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.journeys.care import (
    case_papers,
    case_reading,
    guests,
    people,
    rehabilitation,
    sentra,
)
from tangga.web.journeys.care.case_forms import (
    FORMS,
    AssessmentForm,
    OpenForm,
    ReferForm,
    WordsForm,
)
from tangga.web.journeys.care.models import Assessment, Case
from tangga.web.journeys.care.rehabilitation import AGAIN, ASSESS, KIND, REFER, inside
from tangga.web.paging import pager
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import item_of, refuse, saved, standing

A_PAGE = 50
FILLED = (ASSESS, AGAIN, REFER)
"""Steps with a page of their own."""
ONWARD = ("accept", "begin", "review")
"""Steps by which a file goes on as planned: shown open."""


@needs("case")
def files(request: HttpRequest) -> HttpResponse:
    """`/rehabilitasi/`: the files of the team, `?bagian=` one tab."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    group = request.GET.get("bagian", "open")
    if group not in case_reading.GROUPS:
        raise Http404
    page = Paginator(case_reading.files(group, viewer), A_PAGE).get_page(request.GET.get("hal"))
    record("case_list_seen", by=viewer, about={"tab": group})
    context = {
        "rows": case_reading.shown(page.object_list, viewer),
        "group": group,
        "groups": case_reading.counts(viewer),
        "pager": pager(page, bagian=group),
    }
    return render(request, "care/files.html", context)


@needs("case")
def open_file(request: HttpRequest, person_id: str) -> HttpResponse:
    """`/rehabilitasi/baru/<person>/`: open a file for a person of the area."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = None if viewer.cases_only else person_here(person_id, viewer)
    if found is None:
        raise Http404
    form = OpenForm(request.POST or None, language=viewer.language)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            item = rehabilitation.open_file(
                found, cluster=said["cluster"], words=said["words"], by=viewer
            )
        except Refusal as refusal:
            return refuse(request, refusal, reverse("family", args=[found.family_id]))
        messages.success(request, saved(item, viewer))
        return redirect("case_file", item.pk)
    days = workflow(KIND).states["asked"].days
    name = people.shown(found.name, viewer)
    shown = {"form": form, "person": found, "name": name, "days": days}
    return render(request, "care/open.html", shown)


def person_here(person_id: str, viewer: Viewer) -> people.Person | None:
    """Somebody of the area, or of a family that moved here since the release."""
    moved = guests.family_of(person_id, viewer)
    if moved is None:
        return people.person(person_id)
    with guests.reading(moved, viewer):
        found = people.person(person_id)
    village = guests.where(moved)
    return found and village and replace(found, area=village, village=village)


@needs("case")
def file(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/rehabilitasi/<id>/`: one file, with what can be done next."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = file_of(request, number)
    record("case_seen", by=viewer, about={"file": item.number})
    return render(request, "care/file.html", _file(item, viewer))


def file_of(request: HttpRequest, number: UUID) -> Item:
    """A file that the viewer may open; a Sentra opens those that were referred to one."""
    item = item_of(request, number, KIND)
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if viewer.cases_only and item.care.provider != Case.SENTRA:
        raise Http404
    return item


def _file(item: Item, viewer: Viewer) -> dict[str, Any]:
    case: Case = item.care
    need = inside(case)["need"]
    stands = standing(item, viewer)
    done = [
        (step, _form(step.name, viewer)) for step, _ in stands["can"] if step.name not in FILLED
    ]
    filled = [step for step, _ in stands["can"] if step.name in FILLED]
    return {
        **stands,
        "name": case_reading.name_of(item, viewer),
        "facts": case_reading.facts(case, viewer.language),
        "assessments": case_reading.assessments(item, viewer.language),
        "notes": case_reading.notes(item, viewer.language),
        "papers": case_papers.papers_of(item),
        "serving": sentra.of_area(item.area, need, today(), viewer.language),
        "steps_with_words": done,
        "open_step": next((step.name for step, _ in done if step.name in ONWARD), ""),
        "again": AGAIN,
        "steps_with_pages": filled,
        "in_service": item.state.startswith("in_service"),
        "may_print": case.provider == Case.SENTRA and not item.closed,
    }


def _form(step: str, viewer: Viewer, data: Any = None) -> WordsForm:
    kind = FORMS.get(step, WordsForm)
    return kind(data, language=viewer.language, auto_id=f"{step}-%s")


@needs("case")
@require_POST
def step(request: HttpRequest, number: UUID, name: str) -> HttpResponse:
    """Take a step that needs no more than a few words."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item, back = file_of(request, number), reverse("case_file", args=[number])
    form = _form(name, viewer, request.POST)
    if name in FILLED or not form.is_valid():
        messages.error(request, say("web_care.not_whole", viewer.language))
        return redirect(back)
    said = form.cleaned_data
    try:
        item = rehabilitation.go(
            item,
            name,
            words=said["words"],
            by=viewer,
            version=_version(request),
            document=said.get("document", ""),
            goals_met=said.get("goals_met"),
        )
    except Refusal as refusal:
        return refuse(request, refusal, back)
    messages.success(request, saved(item, viewer))
    return redirect(back)


@needs("case")
def assess(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/rehabilitasi/<id>/asesmen/`: what was found, asked for as the schema says."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item, back = file_of(request, number), reverse("case_file", args=[number])
    form = AssessmentForm(request.POST or None, language=viewer.language)
    if request.method == "POST" and form.is_valid():
        try:
            item = rehabilitation.keep_assessment(
                item,
                values=form.said,
                on_date=form.cleaned_data["on_date"],
                document=form.cleaned_data["document"],
                by=viewer,
                version=_version(request),
            )
        except Refusal as refusal:
            return refuse(request, refusal, back)
        messages.success(request, saved(item, viewer))
        return redirect(back)
    return render(request, "care/assess.html", _about(item, viewer) | {"form": form})


@needs("case")
def refer(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/rehabilitasi/<id>/rujuk/`: to whom, how, and why nobody nearer."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item, back = file_of(request, number), reverse("case_file", args=[number])
    said = inside(item.care)
    serving = sentra.of_area(item.area, said["need"], today(), viewer.language)
    form = ReferForm(
        request.POST or None,
        language=viewer.language,
        sentra=serving.name if serving else "",
        others=_others(item, viewer),
        initial={**said, "provider": Case.LOCAL},
    )
    if request.method == "POST" and form.is_valid():
        try:
            item = rehabilitation.refer(
                item,
                plan=form.plan,
                words=form.cleaned_data["words"],
                by=viewer,
                version=_version(request),
            )
        except Refusal as refusal:
            return refuse(request, refusal, reverse("case_refer", args=[number]))
        messages.success(request, saved(item, viewer))
        return redirect(back)
    shown = _about(item, viewer) | {"form": form, "serving": serving}
    return render(request, "care/refer.html", shown)


@needs("case")
@require_POST
def letter(request: HttpRequest, number: UUID) -> HttpResponse:
    """Issue the letter to the Sentra, or the result of the last assessment."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = file_of(request, number)
    if request.POST.get("surat") == "rujukan":
        if item.care.provider != Case.SENTRA:
            raise Http404
        paper = case_papers.referral_letter(item, viewer)
    else:
        last = Assessment.objects.filter(item=item).first()
        if last is None:
            raise Http404
        plan = next((one["text"] for one in case_reading.notes(item, viewer.language)), "–")
        paper = case_papers.assessment_result(item, last, viewer, plan)
    messages.success(request, say("web_care.issued", viewer.language, number=paper.number))
    return redirect("case_file", number)


def _about(item: Item, viewer: Viewer) -> dict[str, Any]:
    return {"item": item, "name": case_reading.name_of(item, viewer)}


def _others(item: Item, viewer: Viewer) -> list[tuple[str, str]]:
    """The other living members of the family, who may have done violence."""
    with guests.reading(item.family_id, viewer):
        rows = people.members(item.family_id)
    return [
        (row["person_id"], people.shown(row.get("name"), viewer))
        for row in rows
        if row["person_id"] != item.person_id
    ]


def _version(request: HttpRequest) -> int:
    said = request.POST.get("versi", "")
    return int(said) if said.isdecimal() else -1
