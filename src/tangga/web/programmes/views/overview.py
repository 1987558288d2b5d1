"""Pages of programmes: all of them, one, and its waiting lists."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tangga.rules.policy import Programme
from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.database.rows import rows
from tangga.web.pack import code_label
from tangga.web.policy.book import book
from tangga.web.programmes import figures, waiting
from tangga.web.programmes.local import is_local, is_open
from tangga.web.programmes.models import Determination, Quota, Round
from tangga.web.programmes.places import of_programme
from tangga.web.programmes.register import table
from tangga.web.programmes.views.seeing import A_PAGE, viewer_of
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs
from tangga.web.work import queries
from tangga.web.work.views import row as row_of_item

KINDS = ("round", "determination", "quota", "delivery_complaint")
SHOWN = 20
DOCUMENTS = """
SELECT s.document, min(s.valid_from) AS since,
       count(DISTINCT CASE WHEN %(person)s THEN s.person_id ELSE s.family_id END) AS recipients
FROM spells AS s WHERE s.programme = %(programme)s AND s.open
GROUP BY s.document ORDER BY recipients DESC, s.document LIMIT 20
"""
HEADS = """
SELECT f.family_id, p.name FROM families AS f JOIN persons AS p ON p.person_id = f.head_person_id
WHERE f.family_id = ANY(%(families)s)
"""


def programme_of(code: str) -> Programme:
    """A programme of the rules; Http404, also for those of the case team alone."""
    found = book().policy.programmes.get(code)
    if found is None or not is_open(found):
        raise Http404
    return found


@needs("programmes")
def overview(request: HttpRequest) -> HttpResponse:
    """`/program/`: who receives and waits, by programme, in the viewer's area."""
    viewer = viewer_of(request)
    items = queries.waiting(viewer, KINDS)[:SHOWN]
    context = {
        "programmes": figures.programmes(viewer.area or "", viewer.language),
        "waiting": [row_of_item(item, viewer) for item in items],
    }
    return render(request, "programmes/overview.html", context)


@needs("programmes")
def one(request: HttpRequest, programme: str) -> HttpResponse:
    """`/program/<programme>/`: places, queues, documents and rounds of one programme."""
    viewer = viewer_of(request)
    found, area = programme_of(programme), viewer.area or ""
    version = found.rule.on(today())
    benefit = version.says.benefit if version is not None else None
    about = version.says.about if version is not None else {}
    context = {
        "programme": programme,
        "label": found.labels.get(viewer.language, programme),
        "determiner": code_label("determiner", found.determined_by, viewer.language),
        "local": is_local(found),
        "in_kind": benefit.in_kind.get(viewer.language, "") if benefit is not None else "",
        "about": [words.get(viewer.language, "") for words in about.values()],
        "has_rule_page": True,
        "places": of_programme(programme, area),
        "order": order_of(found, viewer),
        "queues": [row for row in waiting.sizes(area) if row["programme"] == programme],
        "documents": _documents(found),
        "rounds": list(Round.objects.filter(programme=programme)[:SHOWN]),
        "determinations": list(Determination.objects.filter(programme=programme)[:SHOWN]),
        "quotas": list(Quota.objects.filter(programme=programme)[:SHOWN]),
    }
    return render(request, "programmes/programme.html", context)


def order_of(found: Programme, viewer: Viewer) -> str:
    """The keys of the waiting list in words, in their order."""
    version = found.rule.on(today())
    keys = version.says.waiting if version is not None else ()
    return ", ".join(say(f"web_programmes.key_{key}", viewer.language) for key in keys) or "–"


def _documents(found: Programme) -> list[dict[str, Any]]:
    if table("spells") is None:
        return []
    return rows(DOCUMENTS, {"programme": found.id, "person": found.unit == "person"})


@needs("programmes")
def queue(request: HttpRequest, programme: str, place: str) -> HttpResponse:
    """`/program/<programme>/antrean/<area>/`: a waiting list in its public order."""
    viewer = viewer_of(request)
    viewer.require("families")
    found = programme_of(programme)
    place = "" if place == "negara" else place
    if not (viewer.covers(place) or (viewer.area or "").startswith(place)):
        raise Http404
    kind = request.GET.get("antrean", waiting.RANKED)
    kind = kind if kind in (waiting.RANKED, waiting.UNKNOWN_RANK) else waiting.RANKED
    after = request.GET.get("sesudah", "0")
    after_ = int(after) if after.isdecimal() and len(after) < 10 else 0
    listed = waiting.queue(programme, place, A_PAGE + 1, kind=kind, after=after_, everybody=True)
    more, listed = len(listed) > A_PAGE, listed[:A_PAGE]
    taken = set(waiting.determined(programme))
    names = _heads([row["family_id"] for row in listed])
    for row in listed:
        row["head"], row["taken"] = names.get(row["family_id"]), row["family_id"] in taken
    rest = "" if kind == waiting.RANKED else f"&antrean={kind}"
    last = listed[-1]["position"] if listed else 0
    pager = {
        "number": after_ // A_PAGE + 1,
        "before": f"{request.path}?{rest.lstrip('&')}" if after_ else None,
        "after": f"?sesudah={last}{rest}" if more else None,
        "of": None,
    }
    about: dict[str, Any] = {"programme": programme, "place": place, "queue": kind}
    about["families"] = [row["family_id"] for row in listed]
    record("queue_seen", by=viewer, area=viewer.area or "", about=about)
    context = {
        "programme": programme,
        "label": found.labels.get(viewer.language, programme),
        "place": place,
        "kind": kind,
        "rows": listed,
        "pager": pager,
        "order": order_of(found, viewer),
    }
    return render(request, "programmes/queue.html", context)


def _heads(families: list[str]) -> dict[str, str]:
    if table("families") is None:
        return {}
    return {row["family_id"]: row["name"] for row in rows(HEADS, {"families": families})}
