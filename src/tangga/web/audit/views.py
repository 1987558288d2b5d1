"""The trail: who saw and changed what, when, why."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from tangga.texts import catalogue, say
from tangga.web.access import access
from tangga.web.audit import queries
from tangga.web.audit.actions import record
from tangga.web.audit.seal import last_seal
from tangga.web.viewer import Viewer, needs

PAGE = 50
TEXTS = ("what", "who", "family")
DAYS = ("since", "until")
LONGEST = 80


@needs("audit")
def audit(request: HttpRequest) -> HttpResponse:
    """The events of the viewer's area, with filters; looking is an event too."""
    asked = _asked(request)
    found = queries.events(asked, PAGE + 1)
    record("audit_seen", by=request.viewer, about={"filters": [k for k in asked if asked[k]]})
    shown = found[:PAGE]
    context = {
        "events": [_said(event, request.viewer) for event in shown],
        "asked": {key: asked[key] or "" for key in asked},
        "words": _words(request.viewer),
        "older": _older(asked, shown[-1]["id"]) if len(found) > PAGE else "",
        "seal": last_seal(),
    }
    return render(request, "audit/audit.html", context)


def word(what: str, language: Any) -> str:
    """What happened, in words; a word that nobody has put into words is itself."""
    key = f"audit.what_{what}"
    return say(key, language) if key in catalogue() else what.replace("_", " ")


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The filters as typed; what is no day or no number is left out."""
    asked: dict[str, Any] = {
        key: request.GET.get(key, "").replace("\0", "")[:LONGEST] for key in TEXTS
    }
    asked |= {key: _day(request.GET.get(key, "")) for key in DAYS}
    before = request.GET.get("before", "")
    plain = before.isascii() and before.isdigit() and len(before) < 18
    return asked | {"before": int(before) if plain else None}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _older(asked: dict[str, Any], last: int) -> str:
    kept = {key: value for key, value in asked.items() if value and key != "before"}
    return "?" + urlencode({**kept, "before": last})


def _said(event: dict[str, Any], viewer: Viewer) -> dict[str, Any]:
    role = access().roles.get(event["role"])
    return {
        **event,
        "about": json.loads(event["about"]),
        "word": word(event["what"], viewer.language),
        "role_name": role.label(viewer.language) if role else event["role"],
    }


def _words(viewer: Viewer) -> list[tuple[str, str]]:
    """Every word there is, for the filter."""
    names = [
        key.removeprefix("audit.what_") for key in catalogue() if key.startswith("audit.what_")
    ]
    return sorted(((name, word(name, viewer.language)) for name in names), key=lambda one: one[1])
