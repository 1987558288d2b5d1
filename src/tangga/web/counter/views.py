"""`/loket/`: who comes, what they get, in three clicks; and the register of the day."""

from __future__ import annotations

import io
import tempfile
import uuid
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from tangga.texts import say
from tangga.web.appeals import pending, whom
from tangga.web.appeals.lodge_views import may_report
from tangga.web.appeals.views import near
from tangga.web.audit.actions import record
from tangga.web.counter import finding
from tangga.web.counter.models import Served
from tangga.web.database.rows import rows
from tangga.web.pack import area_name
from tangga.web.papers.models import Paper
from tangga.web.search.ask import read
from tangga.web.search.views import PAGE
from tangga.web.sheets.book import Column, Head, write_book
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs
from tangga.web.work import queries
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item
from tangga.web.work.views import row

SHOWN_ITEMS = 8
REPORT = "report"
"""Not on the screen that stands before the family: that one is there would tell them."""

TOLD = "pemberitahuan"
"""The kind of paper by which a family is told."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADS = """
SELECT f.family_id, p.name FROM unnest(%s::text[]) AS asked (family_id)
CROSS JOIN LATERAL (SELECT * FROM families WHERE family_id = asked.family_id LIMIT 1) AS f
CROSS JOIN LATERAL (SELECT name FROM persons WHERE person_id = f.head_person_id LIMIT 1) AS p
"""


@needs("counter")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """`/loket/`: one box; a number that one family bears leads straight to it, a ticket to it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    shown: dict[str, Any] = {"wrong": "", "people": None}
    if request.method == "POST":
        matter = finding.ticket(request.POST.get("q", ""), viewer)
        asked = read(request.POST, viewer)
        if matter:
            return redirect(matter)
        if matter == "":
            shown["wrong"] = "web_counter.no_ticket"
        elif asked.wrong:
            shown["wrong"] = f"web_search.{asked.wrong}"
        else:
            found = finding.residents(asked, viewer)
            if isinstance(found, str):
                return redirect(found)
            shown["people"], shown["more"] = found, len(found) >= PAGE
    status = 422 if shown["wrong"] else 200
    return render(request, "counter/counter.html", shown | _desk(viewer), status=status)


def _desk(viewer: Viewer) -> dict[str, Any]:
    """What stands on the desk besides: today's services, what is due, and what is urgent."""
    urgent = Item.objects.filter(kind="reactivation", closed_on=None).order_by("due", "at")
    return {
        "served": Served.objects.filter(office=_office(viewer), on_day=today()).count(),
        "near": near(viewer).count(),
        "reactivations": [row(one, viewer) for one in urgent[:SHOWN_ITEMS]],
    }


def _office(viewer: Viewer) -> str:
    return viewer.post.area if viewer.post is not None else ""


@needs("counter")
@require_safe
def family(request: HttpRequest, family_id: str) -> HttpResponse:
    """`/loket/<family>/?orang=`: who stands there, and every service at one click."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    head = whom.head(family_id)
    if head is None:
        raise Http404
    record("counter_opened", by=viewer, family_id=family_id, area=head.area)
    people = whom.members(family_id)
    asked = request.GET.get("orang", "")
    chosen = next((one for one in people if one["person_id"] == asked), None)
    items = queries.about(family_id).filter(cased=False).exclude(kind=REPORT)[:SHOWN_ITEMS]
    context = {
        "family_id": family_id,
        "head": head,
        "chosen": chosen or (people[0] if people else None),
        "people": people,
        "stops": [(one, _letter(one)) for one in pending.stops(family_id, viewer.language)],
        "items": [row(one, viewer) for one in items],
        "key": uuid.uuid4(),
        "may_report": may_report(viewer),
        "may_explain": viewer.sight("financial") == "full",
    }
    return render(request, "counter/family.html", context)


def _letter(stop: pending.Stop) -> Paper | None:
    """The letter that told a family of something, to be printed again for who lost it."""
    if stop.item is None:
        return None
    return Paper.objects.filter(item=stop.item, kind=TOLD, revoked_on=None).order_by("at").last()


@needs("counter")
@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """`/loket/buku/`: the register of a day, as a page to print and as a workbook."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    on = _day(request.GET.get("hari", ""))
    lines = _lines(viewer, on)
    families = sorted({one["row"].family_id for one in lines if one["row"].family_id})
    said = {"day": str(on), "rows": len(lines), "families": families}
    record("counter_book", by=viewer, area=_office(viewer), about=said)
    if request.GET.get("berkas") == "xlsx":
        return _workbook(viewer, on, lines)
    context = {
        "on": on,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1) if on < today() else None,
        "lines": lines,
        "many": sorted(Counter(one["service"] for one in lines).items()),
        "area": _office(viewer),
    }
    return render(request, "counter/day.html", context)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today()


def _lines(viewer: Viewer, on: date) -> list[dict[str, Any]]:
    """Of the viewer's own office, in order; of a report neither family nor name."""
    found = list(
        Served.objects.filter(office=_office(viewer), on_day=on)
        .select_related("item")
        .order_by("n")
    )
    ids = sorted({one.family_id for one in found if one.family_id})
    names = {one["family_id"]: one["name"] for one in rows(HEADS, [ids])} if ids else {}
    called = {one.pk: one.number for one in Paper.objects.filter(pk__in=_papers(found))}
    may_name = viewer.sight("identity") == "full"
    return [
        {
            "row": one,
            "service": say(f"web_counter.service_{one.service}", viewer.language),
            "name": (names.get(one.family_id) or "–") if may_name and one.family_id else "–",
            "hour": f"{one.at.astimezone():%H:%M}",
            "ticket": one.item.number if one.item else "",
            "paper": called.get(one.paper, ""),
            "state": _state(one.item, viewer),
        }
        for one in found
    ]


def _papers(found: list[Served]) -> list[Any]:
    return [one.paper for one in found if one.paper]


def _state(item: Item | None, viewer: Viewer) -> str:
    if item is None:
        return ""
    return workflow(item.kind).states[item.state].label(viewer.language)


def _workbook(viewer: Viewer, on: date, lines: list[dict[str, Any]]) -> HttpResponse:
    def word(name: str) -> str:
        return say(f"web_counter.{name}", viewer.language)

    office = _office(viewer)
    head = Head(
        f"{word('book')} {on:%d-%m-%Y}",
        [(word("office"), area_name(office, viewer.language))],
    )
    columns = [Column("No", "whole", 6), Column(word("hour"), "text", 8), Column(word("service"))]
    columns += [Column(word("whom"), width=28), Column(word("ticket"), width=26)]
    columns += [Column(word("officer"), width=24)]
    written = (
        [
            one["row"].n,
            one["hour"],
            one["service"],
            one["name"],
            one["ticket"] or one["paper"],
            one["row"].called,
        ]
        for one in lines
    )
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "buku.xlsx"
        write_book(target, head, columns, written)
        content = io.BytesIO(target.read_bytes())
    answer = HttpResponse(content.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="buku-loket-{on:%Y-%m-%d}.xlsx"'
    return answer
