"""Each service of a counter: a letter, a reactivation, a complaint, a referral, a telephone."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tangga.texts import say
from tangga.web.appeals import whom
from tangga.web.appeals.whom import Whom
from tangga.web.counter import services
from tangga.web.counter.finding import served_at
from tangga.web.counter.forms import (
    ComplaintForm,
    CounterForm,
    PhoneForm,
    ReactivationForm,
    ReferralForm,
)
from tangga.web.public.check import Person
from tangga.web.public.details import details
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs
from tangga.web.work.cleaning import Refused
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import say_at_field

LONGEST_PURPOSE = 150
KEY = "sekali"
"""The field by which a form that is sent twice is known."""


@needs("counter")
@require_POST
def letter(request: HttpRequest, family_id: str, kind: str) -> HttpResponse:
    """A letter for who was chosen; straight to its page, to print."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if kind not in services.LETTERS:
        raise Http404
    known = _person(family_id, request.POST.get("person", ""))
    purpose = " ".join(request.POST.get("purpose", "").split())[:LONGEST_PURPOSE]
    pk = services.once(request.POST.get(KEY, ""), kind, known.person_id, purpose)
    try:
        paper = services.letter(kind, by=viewer, whom=known, purpose=purpose, pk=pk)
    except IntegrityError:
        return _printed("paper", pk)  # the form was sent twice: its letter is there
    return _printed("paper", paper.pk)


def _printed(page: str, *of: Any) -> HttpResponse:
    """A page that prints as soon as it is there, where the browser lets it."""
    return redirect(f"{reverse(page, args=of)}?cetak=1")


@needs("counter")
@require_POST
def sheet(request: HttpRequest, family_id: str) -> HttpResponse:
    """The family sheet, with its line in the register."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    services.sheet(by=viewer, whom=_person(family_id, request.POST.get("person", "")))
    return _printed("family_sheet", family_id)


@needs("counter")
@require_POST
def explain(request: HttpRequest, family_id: str) -> HttpResponse:
    """Reasons, rank and money of who stands there, to show and to print: what the code opens."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if viewer.sight("financial") != "full":
        raise PermissionDenied("financial")
    known = _person(family_id, request.POST.get("person", ""))
    person = Person(known.person_id, family_id, known.area)
    release = request.release  # type: ignore[attr-defined]
    shown = details(person, viewer, release["number"], release["as_of"]) if release else None
    services.explained(by=viewer, whom=known)
    context = {"shown": shown, "known": known, "family_id": family_id, "today": today()}
    return render(request, "counter/explain.html", context)


def _person(family_id: str, person_id: str) -> Whom:
    """A member of a family that the viewer sees; Http404 for anybody else."""
    known = whom.person(person_id) if person_id else whom.head(family_id)
    if known is None or known.family_id != family_id:
        raise Http404
    return known


Do = Callable[[Viewer, Whom, dict[str, Any]], HttpResponse]


def _page(
    request: HttpRequest, family_id: str, form_class: type[CounterForm], name: str, do: Do
) -> HttpResponse:
    """One form of a service; what it did leads on, what it refuses is said."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    head = whom.head(family_id)
    if head is None:
        raise Http404
    given: list[Any] = [request.POST, request.FILES] if request.method == "POST" else []
    asked = {"person": request.GET.get("orang", "")}
    form = form_class(*given, family_id=family_id, language=viewer.language, initial=asked)
    if given and form.is_valid():
        known = _person(family_id, form.cleaned_data["person"])
        try:
            if not form.has_it(known):
                return do(viewer, known, form.cleaned_data)
        except Refusal as refusal:
            say_at_field(request, form, refusal)
        except Refused as refused:
            form.add_error("paper", refused.words(viewer.language))
    back = served_at(family_id, asked["person"])
    context = {"form": form, "name": name, "head": head, "back": back, "key": uuid.uuid4()}
    return render(request, "counter/form.html", context, status=422 if form.errors else 200)


@needs("counter")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def reactivation(request: HttpRequest, family_id: str) -> HttpResponse:
    """PBI-JK again: urgent illness first."""

    def do(viewer: Viewer, known: Whom, said: dict[str, Any]) -> HttpResponse:
        item = services.reactivate(
            by=viewer,
            whom=known,
            reason=said["reason"],
            facility=said["facility"],
            files=services.files_of([said["paper"]]),
        )
        return _printed("appeal_ticket", item.pk)

    return _page(request, family_id, ReactivationForm, "reactivation", do)


@needs("counter")
@require_http_methods(["GET", "HEAD", "POST"])
def complaint(request: HttpRequest, family_id: str) -> HttpResponse:
    """About a service; about a distribution there is a page of the programmes."""

    def do(viewer: Viewer, known: Whom, said: dict[str, Any]) -> HttpResponse:
        item = services.complain(
            by=viewer,
            whom=known,
            words=said["complaint"],
            files=services.files_of([said["paper"]]),
        )
        return _printed("appeal_ticket", item.pk)

    return _page(request, family_id, ComplaintForm, "complaint", do)


@needs("counter")
@require_http_methods(["GET", "HEAD", "POST"])
def referral(request: HttpRequest, family_id: str) -> HttpResponse:
    """To another office, with a letter."""

    def do(viewer: Viewer, known: Whom, said: dict[str, Any]) -> HttpResponse:
        to, need = said["to"], said["need"]
        pk = services.once(request.POST.get(KEY, ""), to, known.person_id, need)
        try:
            paper = services.refer(by=viewer, whom=known, to=to, need=need, pk=pk)
        except IntegrityError:
            return _printed("paper", pk)
        return _printed("paper", paper.pk)

    return _page(request, family_id, ReferralForm, "referral_letter", do)


@needs("counter")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def telephone(request: HttpRequest, family_id: str) -> HttpResponse:
    """The telephone of who stands there, for one-time codes."""

    def do(viewer: Viewer, known: Whom, said: dict[str, Any]) -> HttpResponse:
        services.telephone(by=viewer, whom=known, number=said["telephone"])
        messages.success(request, say("web_counter.telephone_kept", viewer.language))
        return redirect(served_at(family_id, known.person_id))

    return _page(request, family_id, PhoneForm, "telephone", do)
