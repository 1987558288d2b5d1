"""Pages on which something is lodged: for a family of the register, or for somebody it lacks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tangga.texts import say
from tangga.web.access import level_of
from tangga.web.appeals import lodging, pending, received, whom
from tangga.web.appeals.forms import LodgeForm, ObjectionForm, ReportForm, RequestForm, UnknownForm
from tangga.web.appeals.lodging import OBJECTION, REPORT, REQUEST, Said
from tangga.web.appeals.refusals import NotNeighbour
from tangga.web.appeals.subjects import PROGRAMME
from tangga.web.appeals.whom import Whom
from tangga.web.database.rows import one
from tangga.web.secrets import blinds
from tangga.web.viewer import Viewer, needs
from tangga.web.work.cleaning import Refused
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import say_at_field

KINDS = (OBJECTION, REQUEST, REPORT)
BY_NUMBER = """
SELECT person_id FROM persons WHERE nik_index = ANY (%s) AND status = 'active'
ORDER BY person_id LIMIT 1
"""


@needs("appeals_take")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def lodge(request: HttpRequest, kind: str, family_id: str) -> HttpResponse:
    """`/keberatan/baru/<kind>/<family>/`: about a family of the register."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    head = whom.head(family_id)
    if kind not in KINDS or head is None or (kind == REPORT and not may_report(viewer)):
        raise Http404
    form = _form(kind, request, family_id, viewer)
    if request.method == "POST" and form.is_valid() and not _has_it(kind, form, family_id):
        try:
            item = _lodged(kind, form, head, viewer)
        except Refusal as refusal:
            say_at_field(request, form, refusal)
        except Refused as refused:
            form.add_error("paper", refused.words(viewer.language))
        else:
            messages.success(request, say("web_appeals.taken", viewer.language, number=item.number))
            return redirect(f"{reverse('appeal_ticket', args=[item.pk])}?cetak=1")
    context = {
        "form": form,
        "kind": kind,
        "flow": workflow(kind),
        "head": None if kind == REPORT else head,
        "family_id": family_id,
        "stops": pending.stops(family_id, viewer.language) if kind == OBJECTION else [],
        "silence": say(f"web_appeals.silence_{kind}", viewer.language),
        "back": reverse("counter_family", args=[family_id]),
    }
    status = 422 if form.errors else 200
    return render(request, "appeals/lodge.html", context, status=status)


def _has_it(kind: str, form: LodgeForm, family_id: str) -> bool:
    """Whether a request is for a programme that somebody of the family receives, which is asked."""
    code = form.cleaned_data["subject"]
    if kind != REQUEST or not code.startswith(PROGRAMME):
        return False
    return received.told(form, family_id, code.removeprefix(PROGRAMME), form.language)


def may_report(viewer: Viewer) -> bool:
    """Only an office of a regency takes reports in: the village never learns whose they are."""
    return (
        viewer.may("appeals_take")
        and viewer.post is not None
        and level_of(viewer.post.area) == "regency"
    )


def _form(kind: str, request: HttpRequest, family_id: str, viewer: Viewer) -> LodgeForm:
    given: list[Any] = [request.POST, request.FILES] if request.method == "POST" else []
    language = viewer.language
    if kind == OBJECTION:
        return ObjectionForm(*given, family_id=family_id, language=language)
    if kind == REQUEST:
        return RequestForm(*given, language=language)
    return ReportForm(*given, language=language)


def _lodged(kind: str, form: LodgeForm, head: Whom, viewer: Viewer) -> Item:
    said = form.cleaned_data
    told = Said(said["subject"], said["words"], lodging.files_of([said["paper"]]))
    if kind == REPORT:
        return lodging.report(
            by=viewer,
            about_family=head,
            objector=_objector(said["number"]),
            said=told,
            summary=said["summary"],
        )
    person_id = said.get("person") or ""
    at = Whom("", person_id=person_id, family_id=head.family_id, area=head.area)
    named = whom.person(person_id) if person_id else head
    at = named or at
    if not person_id:
        at = Whom(head.name, head.address, "", head.family_id, head.area)
    if kind == OBJECTION:
        return lodging.objection(by=viewer, whom=at, said=told, notice=said.get("notice") or "")
    return lodging.request(by=viewer, whom=at, said=told)


def _objector(number: str) -> Whom:
    """Whoever bears a number in the viewer's area; NotNeighbour for a number that nobody bears."""
    found = one(BY_NUMBER, [blinds(number)])
    known = whom.person(found["person_id"]) if found else None
    if known is None:
        raise NotNeighbour
    return known


@needs("appeals_take")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def lodge_unknown(request: HttpRequest) -> HttpResponse:
    """`/keberatan/usul/`: for somebody whom no register knows yet."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    given: list[Any] = [request.POST, request.FILES] if request.method == "POST" else []
    form = UnknownForm(*given, viewer=viewer)
    if given and form.is_valid():
        said = form.cleaned_data
        told = Said(said["subject"], said["words"], lodging.files_of([said["paper"]]))
        unknown = {"name": said["name"], "address": said["address"]}
        at = Whom(said["name"], said["address"], area=said["village"])
        try:
            item = lodging.request(by=viewer, whom=at, said=told, unknown=unknown)
        except Refusal as refusal:
            say_at_field(request, form, refusal)
        except Refused as refused:
            form.add_error("paper", refused.words(viewer.language))
        else:
            messages.success(request, say("web_appeals.taken", viewer.language, number=item.number))
            return redirect(f"{reverse('appeal_ticket', args=[item.pk])}?cetak=1")
    context = {
        "form": form,
        "kind": REQUEST,
        "flow": workflow(REQUEST),
        "head": None,
        "family_id": "",
        "stops": [],
        "silence": say("web_appeals.silence_request", viewer.language),
        "back": reverse("counter"),
    }
    return render(request, "appeals/lodge.html", context, status=422 if form.errors else 200)
