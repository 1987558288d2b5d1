"""`/cek/tiket/`: how far something is that was lodged, by number and digits of its receipt."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tangga.texts import Language, say
from tangga.web.appeals.subjects import WITH_PROVINCE, decider, gone_up, silence
from tangga.web.appeals.tickets import fits
from tangga.web.appeals.way import way
from tangga.web.audit.actions import record
from tangga.web.public import pace
from tangga.web.public.limits import looks_too_often
from tangga.web.public.narrow import opened
from tangga.web.today import today
from tangga.web.viewer import NOBODY, Viewer, for_anyone
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item, Taken

KINDS = ("objection", "request", "report", "complaint", "reactivation", "delivery_complaint")
"""What has a ticket."""

ABOUT_OTHERS = ("report",)
"""Kinds of which nothing but the outcome is told: the rest is about another family."""

GRANTED = ("upheld", "accepted", "active")
"""Ends after which there is nothing to go further with."""

LONGEST = 60
TOO_OFTEN = 429
FORM = "public/ticket.html"


@for_anyone
@require_http_methods(["GET", "HEAD", "POST"])
def ticket(request: HttpRequest) -> HttpResponse:
    """The form, and where the matter is. A number that there is not and wrong digits are one."""
    if request.method != "POST":
        return render(request, FORM, {"shown": None, "wrong": False})
    began = pace.now()
    number = _tidy(request.POST.get("nomor", ""))
    passed = looks_too_often(request, number)
    if passed is not None:
        answer = render(request, "public/wait.html", {"limit": passed}, status=TOO_OFTEN)
        answer["Retry-After"] = str(passed.seconds)
        return answer
    found = _found(number, request.POST.get("angka", "")[:LONGEST], request.viewer)
    status = 200 if found else 422
    answer = render(request, FORM, {"shown": found, "wrong": found is None}, status=status)
    pace.wait(began)
    return answer


def _tidy(text: str) -> str:
    """As numbers of tickets are written; a sign that none has is as good as none."""
    kept = "".join(one if one.isascii() and one.isprintable() else " " for one in text.upper())
    return " ".join(kept.split())[:LONGEST]


def _found(number: str, digits: str, viewer: Viewer) -> dict[str, Any] | None:
    with opened("", viewer):
        item = Item.objects.filter(number=number, kind__in=KINDS, cased=False).first()
        steps = list(Taken.objects.filter(item=item).order_by("n")) if item else []
        promised = _promised(item)
        decides = decider(item, viewer.language) if item else ""
    if item is None or not fits(item, digits):
        return None
    record("ticket_seen", by=NOBODY, area=item.area, about={"item": item.number})
    shown = _shown(item, steps, viewer.language)
    return shown | {"promised": promised, "decides": decides}


def _promised(item: Item | None) -> Any:
    """Until when an answer was promised; once it has gone up only what is due counts."""
    appeal = getattr(item, "appeal", None)
    return None if appeal is None or gone_up(item) else appeal.answer_by


def _shown(item: Item, steps: list[Taken], language: Language) -> dict[str, Any]:
    """Never who took a step, and of another family nothing but the state."""
    flow = workflow(item.kind)
    last = steps[-1] if steps and item.closed else None
    return {
        "number": item.number,
        "kind": flow.label(language),
        "state": flow.states[item.state].label(language),
        "closed": item.closed,
        "due": item.due,
        "late": item.due is not None and not item.closed and item.due < today(),
        "opened": item.opened_on,
        "silence": silence(item, language),
        "answer": last.reason if last and item.kind not in ABOUT_OTHERS else "",
        "document": last.document if last and item.kind not in ABOUT_OTHERS else "",
        "higher": _higher(item, last, language),
        "steps": way(flow, steps, language),
    }


def _higher(item: Item, last: Taken | None, language: Language) -> str:
    """To whom it can be taken further, once it is answered with anything but yes."""
    if last is None or item.kind in ABOUT_OTHERS or last.to_state in GRANTED:
        return ""
    level = "province" if last.from_state == WITH_PROVINCE else "regency"
    return say(f"web_appeals.above_{level}", language)
