"""Pages on which papers are made: reports with the register's figures, and lists with numbers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tangga.texts import month as month_name
from tangga.texts import say
from tangga.web.dashboard.places import area_of, inside
from tangga.web.lists import counts
from tangga.web.lists.opened import Opened, open_list
from tangga.web.lists.release import Held, held
from tangga.web.lists.workers import options
from tangga.web.pack import NATION, area_name
from tangga.web.papers import of_lists
from tangga.web.papers.issue import issue
from tangga.web.papers.kinds import kinds
from tangga.web.papers.models import Paper
from tangga.web.papers.reports.made import Made, NoReport, Quarter
from tangga.web.papers.reports.monthly import first_of, monthly
from tangga.web.papers.reports.recap import recap
from tangga.web.papers.reports.reconciled import quarters, reconciled
from tangga.web.papers.reports.targets import targets
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs

QUARTERS, MONTHS = 8, 6
Maker = Callable[[HttpRequest, Held], Made]


def _recap(request: HttpRequest, release: Held) -> Made:
    area = _area(request)
    villages = request.POST.get("rinci") == "desa" and area != NATION
    return recap(release, area, villages=villages)


def _targets(request: HttpRequest, release: Held) -> Made:
    return targets(release, _area(request))


def _reconciled(request: HttpRequest, release: Held) -> Made:
    return reconciled(release, _area(request), Quarter.read(request.POST.get("masa", "")))


def _monthly(request: HttpRequest, release: Held) -> Made:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    worker = viewer.worker or (request.POST.get("petugas", "") if _of_others(viewer) else "")
    return monthly(release, worker, first_of(request.POST.get("bulan", "")), viewer.area or "")


REPORTS: dict[str, Maker] = {
    "rekap": _recap,
    "capaian_triwulan": _targets,
    "laporan_bulanan": _monthly,
    "rekonsiliasi": _reconciled,
}
"""Each report that is made of figures, by the kind of paper it becomes."""


def _of_others(viewer: Viewer) -> bool:
    """Whether the viewer makes the reports of workers other than themselves."""
    return _may(viewer, "laporan_bulanan") and viewer.may_one_of("papers", "assign")


def _area(request: HttpRequest) -> str:
    return area_of(request.viewer, request.POST.get("wilayah") or None)  # type: ignore[attr-defined]


def _may(viewer: Viewer, kind: str) -> bool:
    known = kinds().get(kind)
    return (
        known is not None
        and any(viewer.may(verb) for verb in known.verbs)
        and viewer.sight(known.sees) == "full"
    )


@needs("figures")
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """What can be made, with a form each."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    release = held(request)
    own = viewer.area or ""
    open_ones = [kinds()[kind] for kind in REPORTS if _may(viewer, kind)]
    day = today()
    about = {
        "reports": open_ones,
        "areas": [(own, area_name(own, viewer.language)), *_below(own, viewer)],
        "quarters": quarters(release, own, QUARTERS) if _may(viewer, "rekonsiliasi") else [],
        "months": [_month(day.year * 12 + day.month - 1 - n, viewer) for n in range(MONTHS)],
        "workers": options(viewer, release) if _of_others(viewer) else [],
        "own_worker": viewer.worker,
        "keys": {kind.code: uuid.uuid4() for kind in open_ones},
    }
    return render(request, "papers/reports.html", about)


def _below(area: str, viewer: Viewer) -> list[tuple[str, str]]:
    return [(code, area_name(code, viewer.language)) for code in inside().get(area, ())]


def _month(number: int, viewer: Viewer) -> tuple[str, str]:
    """A month as an address has it, and in words."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}", month_name(number, viewer.language)


@needs("figures")
@require_POST
def make_report(request: HttpRequest, name: str) -> HttpResponse:
    """Make and number one report; what cannot be made says why."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if name not in REPORTS:
        raise Http404("no such report")
    if not _may(viewer, name):
        raise PermissionDenied(name)
    try:
        made = REPORTS[name](request, held(request))
    except NoReport as wrong:
        messages.error(request, wrong.words(viewer.language))
        return HttpResponseRedirect(reverse("paper_reports"))
    key = form_key(request)
    try:
        paper = issue(
            made.kind,
            by=viewer,
            area=made.area,
            about=made.about,
            rows=made.rows,
            columns=made.columns,
            pk=key,
        )
    except IntegrityError:
        # The form was sent twice: its paper is there.
        return HttpResponseRedirect(reverse("paper", args=[key]))
    messages.success(request, say("web_papers.issued", viewer.language, number=paper.number))
    return HttpResponseRedirect(reverse("paper", args=[paper.pk]))


@needs("papers")
@require_http_methods(["GET", "POST"])
def issue_list(request: HttpRequest, name: str) -> HttpResponse:
    """A list as numbered papers: what it will hold is shown before; papers speak Indonesian."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    try:
        opened = _opened(request, name)
    except BadRequest:
        raise Http404("no such list") from None
    if opened.wanted is None or opened.definition.case:
        raise Http404("not in this release")
    total = sum(many for _, many in counts.parts(opened))
    each = dict(opened.wanted.parts(of_lists.VILLAGE))
    villages = of_lists.villages(opened, each)
    if request.method == "POST" and total <= of_lists.MOST:
        by_village = request.POST.get("per") == "desa"
        key = form_key(request)
        try:
            papers = of_lists.issue_list(opened, by=viewer, key=key, by_village=by_village)
        except IntegrityError:
            # The form was sent twice: its papers are there.
            there = reverse("papers") if by_village else reverse("paper", args=[key])
            return HttpResponseRedirect(there)
        return _issued(request, papers)
    about = {
        "opened": opened,
        "total": total,
        "villages": villages,
        "elsewhere": sum(many for code, many in each.items() if not _village(code)),
        "most": of_lists.MOST,
        "lines": list(of_lists.lines(opened)),
        "key": uuid.uuid4(),
    }
    status = 413 if total > of_lists.MOST else 200
    return render(request, "papers/issue_list.html", about, status=status)


def form_key(request: HttpRequest) -> uuid.UUID:
    """Of the form; a form without one, or with none that could be, is one of its own."""
    try:
        return uuid.UUID(request.POST.get("kunci", ""))
    except ValueError:
        return uuid.uuid4()


def _village(code: str) -> bool:
    return len(code) == of_lists.VILLAGE and code.isdigit()


def _opened(request: HttpRequest, name: str) -> Opened:
    own = request.viewer  # type: ignore[attr-defined]
    request.viewer = replace(own, language="id")  # type: ignore[attr-defined]
    try:
        return open_list(request, name)
    finally:
        request.viewer = own  # type: ignore[attr-defined]


def _issued(request: HttpRequest, papers: list[Paper]) -> HttpResponse:
    language = request.viewer.language  # type: ignore[attr-defined]
    if not papers:
        messages.error(request, say("web_papers.no_rows", language))
        return HttpResponseRedirect(reverse("papers"))
    if len(papers) == 1:
        said: dict[str, Any] = {"number": papers[0].number}
        messages.success(request, say("web_papers.issued", language, **said))
        return HttpResponseRedirect(reverse("paper", args=[papers[0].pk]))
    rows = sum(one.rows for one in papers)
    said = {"count": len(papers), "rows": rows}
    messages.success(request, say("web_papers.issued_many", language, **said))
    return HttpResponseRedirect(f"{reverse('papers')}?kelompok=list")
