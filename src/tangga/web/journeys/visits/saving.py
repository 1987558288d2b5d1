"""A form of a visit that came back: saved, shown again with what is wrong, or refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tangga.texts import long_date, say
from tangga.web.audit.actions import record
from tangga.web.jinja import language_of
from tangga.web.journeys.visits import actions, moved
from tangga.web.journeys.visits.facts import Seen, seen_of
from tangga.web.journeys.visits.forms import VisitForm
from tangga.web.journeys.visits.models import Visit
from tangga.web.journeys.visits.pilar import pilar_of
from tangga.web.journeys.visits.reading import Forged, Form, Home, form_of, read, successor
from tangga.web.journeys.visits.values import day_of
from tangga.web.journeys.visits.wanted import wanted
from tangga.web.journeys.visits.whole import with_what_decides
from tangga.web.pack import area_name
from tangga.web.today import today
from tangga.web.viewer import Viewer

KEY, VERSION, SECOND = "kunci", "versi", "kedua"


def form(
    home: Home,
    data: Any = None,
    *,
    seen: Seen | None = None,
    initial: Mapping[str, Any] | None = None,
) -> VisitForm:
    """The form of a family for its viewer."""
    viewer = home.eyes.viewer
    pilar = pilar_of(viewer)
    first = {"purpose": wanted().form_of(pilar).purpose}
    return VisitForm(
        data,
        eyes=home.eyes,
        on=today(),
        pilar=pilar,
        family=home.family,
        questions=with_what_decides(home.id, home.asked, viewer),
        people=home.people,
        seen=seen,
        initial=first | dict(initial or {}),
    )


def context(home: Home, filled: VisitForm, key: str) -> dict[str, Any]:
    """What the page of the form shows."""
    return {
        "home": home,
        "form": filled,
        "parts": list(filled.parts()),
        "key": key,
        "visit": None,
        "plan": _plan(home),
        "last_visit": home.found.get("last_visit"),
        "since": [one for one in home.found.get("since") or () if one["on_date"]],
    }


def _plan(home: Home) -> str:
    """The day of the viewer's open plan; '' for none."""
    own = home.eyes.viewer.worker
    for one in home.found.get("since") or ():
        if one["on_date"] is None and one["worker"] == own:
            return str(one["planned_on"])
    return ""


def gone(home: Home, viewer: Viewer) -> moved.Gone | None:
    """Whether the family has left the viewer's area."""
    return moved.gone(home.id, viewer)


def receive(request: HttpRequest, family_id: str) -> HttpResponse:
    """A new visit. Whatever happens, what was typed is either saved or still on the page."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    try:
        key = form_of(request.POST.get(KEY, ""), viewer)
        if key.family_id != family_id:
            raise Forged
    except Forged:
        return forged(request, family_id)
    home = read(request, family_id)
    if home is None:
        return _not_here(request, key)
    filled = form(home, request.POST)
    if filled.unknown:
        return forged(request, family_id)
    if not filled.is_valid():
        return render(request, "visits/form.html", context(home, filled, key.signed()), status=422)
    away = gone(home, viewer)
    on_date = day_of(filled.cleaned_data["on_date"])
    assert on_date is not None
    if away is not None and on_date >= away.since:
        return left(request, home, away, list(request.POST.items()))
    return _save(request, home, key, filled)


def _save(request: HttpRequest, home: Home, key: Form, filled: VisitForm) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    said = filled.cleaned_data
    day = day_of(said["on_date"])
    assert day is not None
    try:
        visit, new = actions.save(
            key=key.key,
            family_id=home.id,
            area=home.area,
            on_date=day,
            purpose=said.get("purpose", ""),
            result=said["result"],
            seen=filled.seen(),
            by=viewer,
            second=bool(request.POST.get(SECOND)),
        )
    except actions.Refused as refused:
        messages.error(request, refused.words(viewer.language))
        again = isinstance(refused, actions.SameDay)
        shown = context(home, filled, key.signed() if again else "")
        shown |= {"conflict": getattr(refused, "visit", None), "second": again}
        return render(request, "visits/form.html", shown, status=409)
    text = "web_visits.saved" if new else "web_visits.saved_already"
    messages.success(request, say(text, viewer.language, name=home.title or home.id))
    return redirect("visit", visit.pk)


def correct(request: HttpRequest, visit: Visit, home: Home) -> HttpResponse:
    """A visit that its worker corrects."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    filled = form(home, request.POST, seen=seen_of(visit.facts))
    if filled.unknown:
        return forged(request, home.id)
    shown = context(home, filled, "") | {"visit": visit}
    if not filled.is_valid():
        return render(request, "visits/form.html", shown, status=422)
    said, version = filled.cleaned_data, request.POST.get(VERSION, "")
    day = day_of(said["on_date"])
    assert day is not None
    try:
        actions.change(
            visit,
            version=int(version) if version.isdecimal() else -1,
            on_date=day,
            purpose=said.get("purpose", ""),
            result=said["result"],
            seen=filled.seen(),
            by=viewer,
        )
    except actions.Refused as refused:
        messages.error(request, refused.words(viewer.language))
        return render(request, "visits/form.html", shown | {"conflict": visit}, status=409)
    messages.success(request, say("web_visits.corrected", viewer.language))
    return redirect("visit", visit.pk)


def forged(request: HttpRequest, family_id: str) -> HttpResponse:
    """A form that this service did not show, or that holds what it never asked."""
    record("visit_forged", by=request.viewer)  # type: ignore[attr-defined]
    about = {"family_id": family_id}
    return render(request, "visits/forged.html", about, status=400)


def _not_here(request: HttpRequest, key: Form) -> HttpResponse:
    """The family was here when the form was shown: it became another one, or it moved."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    now = successor(request, key.family_id)
    home = read(request, now) if now else None
    if home is None:
        record("visit_not_here", by=viewer, family_id=key.family_id, area=key.area)
        if not viewer.covers(key.area):
            raise Http404
        typed = [(name, text) for name, text in request.POST.items() if text]
        about = {"home": None, "left": None, "typed": _readable(typed, request)}
        return render(request, "visits/left.html", about, status=409)
    filled = form(home, request.POST)
    if filled.is_valid() and not filled.unknown:
        return _save(request, home, key, filled)
    again = Form(key.key, home.id, home.area, key.user).signed()
    return render(request, "visits/form.html", context(home, filled, again), status=422)


def left(
    request: HttpRequest, home: Home, gone_to: moved.Gone, typed: list[tuple[str, Any]]
) -> HttpResponse:
    """The family moved away before the day of the visit: nothing is saved, and nothing typed is
    taken from who typed it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    record("visit_not_here", by=viewer, family_id=home.id, area=home.area)
    language = language_of(request)
    about = {
        "home": home,
        "left": gone_to,
        "to": area_name(gone_to.area, language),
        "since": long_date(gone_to.since, language),
        "typed": _readable(typed, request),
    }
    return render(request, "visits/left.html", about, status=409)


def _readable(typed: list[tuple[str, Any]], request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, each under its label, to be copied or printed."""
    from tangga.web.journeys.visits.facts import PERSON, VISIT, column_of

    language, found = language_of(request), []
    for name, text in typed:
        entity, last = (PERSON, name.split("-")[-1]) if name.startswith("p-") else (VISIT, name)
        column = column_of(entity, last)
        if column is not None and text:
            found.append((column.labels[language], str(text)[:4000]))
    return found
