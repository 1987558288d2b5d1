"""Pages for everybody: `/cek/`, what a code opens, and a ticket's progress."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tangga.web.audit.actions import record
from tangga.web.public import codes, pace, senders, tokens
from tangga.web.public.asked import read
from tangga.web.public.check import Person, Standing, standing
from tangga.web.public.details import details
from tangga.web.public.limits import ADDRESS, Limit, address_of, asks_too_often
from tangga.web.today import today
from tangga.web.viewer import NOBODY, Viewer, for_anyone

FORM = "public/check.html"
TOO_OFTEN = 429


@for_anyone
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """`/cek/`: the form, and the answer. Whoever is not found is told the same, as late."""
    if request.method != "POST":
        return render(request, FORM, _form())
    began = pace.now()
    asked = read(request.POST, today())
    if asked.wrong:
        return render(request, FORM, _form(request, dict(asked.wrong)), status=422)
    passed = asks_too_often(request, asked.number)
    if passed is not None:
        return _too_often(request, passed)
    viewer, release = request.viewer, request.release
    found = standing(asked, viewer, release["number"]) if release else None
    _record(viewer, found)
    answer = render(request, "public/standing.html", _answer(found))
    pace.wait(began)
    return answer


def _form(request: HttpRequest | None = None, wrong: dict[str, str] | None = None) -> Any:
    """wrong: field -> text. Who it is is typed anew: the page repeats no name and no number."""
    born = "" if request is None else request.POST.get("lahir", "")
    return {"wrong": wrong or {}, "born": born}


def _record(viewer: Viewer, found: Standing | None) -> None:
    """One event either way; of a person only where it was they who asked."""
    person = found.person if found else None
    record(
        "public_checked",
        by=viewer if viewer.user is not None else NOBODY,
        family_id=person.family_id if person else None,
        person_id=person.person_id if person else None,
        area=person.area if person else "",
    )


def _answer(found: Standing | None) -> dict[str, Any]:
    return {
        "found": found,
        "token": tokens.sealed(found.person) if found and not found.doubtful else "",
        "can_send": senders.can_send(),
    }


def _too_often(request: HttpRequest, limit: Limit) -> HttpResponse:
    answer = render(request, "public/wait.html", {"limit": limit}, status=TOO_OFTEN)
    answer["Retry-After"] = str(limit.seconds)
    return answer


@for_anyone
@require_POST
def ask_code(request: HttpRequest) -> HttpResponse:
    """`/cek/kode/`: send a code to the registered telephone. The answer does not say if there is
    one."""
    began = pace.now()
    told = tokens.unsealed(request.POST.get("orang", ""))
    if told is None:
        return render(request, FORM, _form() | {"over": True}, status=422)
    if ADDRESS.passed(address_of(request)):
        return _too_often(request, ADDRESS)
    person, _ = told
    sent = codes.ask(person, request.viewer)
    answer = render(request, "public/code.html", _code(person, sent.id) | {"shown": sent.shown})
    pace.wait(began)
    return answer


def _code(person: Person, id_: UUID) -> dict[str, Any]:
    return {
        "token": tokens.sealed(person, str(id_)),
        "minutes": codes.MINUTES,
        "digits": codes.DIGITS,
        "shown": "",
        "wrong": False,
    }


@for_anyone
@sensitive_post_parameters()
@require_POST
def with_code(request: HttpRequest) -> HttpResponse:
    """`/cek/rincian/`: reasons, money and rank, for the code that was sent."""
    began = pace.now()
    told = tokens.unsealed(request.POST.get("orang", ""))
    if told is None or not told[1]:
        return render(request, FORM, _form() | {"over": True}, status=422)
    if ADDRESS.passed(address_of(request)):
        return _too_often(request, ADDRESS)
    (person, id_), viewer = told, request.viewer
    if not codes.fits(person, UUID(id_), request.POST.get("kode", ""), viewer):
        about = _code(person, UUID(id_)) | {"wrong": True}
        answer = render(request, "public/code.html", about, status=422)
        pace.wait(began)
        return answer
    release = request.release
    shown = details(person, viewer, release["number"], release["as_of"]) if release else None
    seen = {"family_id": person.family_id, "person_id": person.person_id, "area": person.area}
    record("public_details", by=NOBODY, **seen)
    return render(request, "public/details.html", {"shown": shown})
