"""The pages of the ladder: its lists, one family's climb, one matter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.family.away import left
from tangga.web.journeys.care.refusals import Moved
from tangga.web.journeys.climb import actions, forms, lists, shown, undoing
from tangga.web.journeys.climb.models import Step
from tangga.web.journeys.climb.reading import Reading, read_family
from tangga.web.pack import area_name
from tangga.web.papers.models import Paper
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs
from tangga.web.work import evidence
from tangga.web.work.models import Item
from tangga.web.work.pages import address
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import item_of, refuse, saved, standing

LONGEST_TEXT = 2000
LONGEST_ID = 40
OF_LINES = ("write", "record")
"""Steps that come with a line of a plan or a package."""


def viewer_of(request: HttpRequest) -> Viewer:
    """Who asks."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


@needs("families")
def home(request: HttpRequest) -> HttpResponse:
    """`/tangga/`: the parts of the ladder, each with how much waits in it."""
    viewer = viewer_of(request)
    parts = [
        {
            "url": reverse("climb_list", args=[part.slug]),
            "label": say(f"web_climb.part_{part.name}", viewer.language),
            "lead": say(f"web_climb.part_{part.name}_lead", viewer.language),
            "open": Item.objects.filter(kind__in=part.kinds, closed_on=None).count(),
        }
        for part in lists.PARTS.values()
    ]
    parts += [
        {
            "url": reverse(name),
            "label": say(f"web_climb.{text}", viewer.language),
            "lead": say(f"web_climb.{text}_lead", viewer.language),
            "open": Item.objects.filter(kind__in=kinds, closed_on=None).count(),
        }
        for name, text, kinds in (
            ("climb_groups", "groups", ("group",)),
            ("climb_potentials", "potentials", ()),
        )
    ]
    context = {
        "parts": parts,
        "pair": lists.pair(),
        "queue": lists.cap_queue(),
        "in_force": book().policy.on(today()).cap_in_force,
        "freed": lists.freed(viewer),
    }
    return render(request, "climb/home.html", context)


@needs("families")
def listed(request: HttpRequest, slug: str) -> HttpResponse:
    """`/tangga/<part>/`: one list of families."""
    part, viewer = lists.PARTS.get(slug), viewer_of(request)
    if part is None:
        raise Http404
    said = request.GET.get("hal", "1")
    page = int(said) if said.isdecimal() and 0 < int(said) < 10_000 else 1
    found = part.rows(viewer, (page - 1) * lists.A_PAGE)
    more = len(found) > lists.A_PAGE
    found = found[: lists.A_PAGE] if part.name != "prevention" else found
    for row in found:
        row["lacks"] = lists.unmet_words(row, viewer)
    seen = sorted({row["family_id"] for row in found if row.get("family_id")})
    record("climb_seen", by=viewer, about={"list": part.name, "families": seen})
    return render(
        request,
        "climb/list.html",
        {
            "part": part,
            "today": today(),
            "rows": found,
            "pair": lists.pair() if part.name == "graduated" else None,
            "prevented": lists.prevented() if part.name == "prevention" else None,
            "pager": {
                "number": page,
                "before": f"?hal={page - 1}" if page > 1 else None,
                "after": f"?hal={page + 1}" if more else None,
            },
        },
    )


def served_here(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view about a family. Of one that has moved away its page says where it lives now, and what
    was sent is refused in words."""

    @wraps(view)
    def asked(request: HttpRequest, family_id: str, **more: str) -> HttpResponse:
        viewer = viewer_of(request)
        move = left(family_id, viewer) if len(family_id) <= LONGEST_ID else None
        if move is None:
            return view(request, family_id, **more)
        if request.method == "GET":
            return redirect("family", family_id)
        place = area_name(move.move_of.to_village, viewer.language)
        return refuse(request, Moved(place=place), reverse("family", args=[family_id]))

    return asked


def opened(request: HttpRequest, family_id: str) -> Reading:
    """A family of the viewer's area, noted in the trail; Http404."""
    viewer = viewer_of(request)
    if viewer.cases_only or viewer.sight("personal") != "full" or len(family_id) > LONGEST_ID:
        raise Http404
    read = read_family(family_id, viewer=viewer)
    if read is None:
        raise Http404
    record("climb_seen", by=viewer, family_id=family_id, area=read.area)
    return read


@needs("families")
@served_here
def family(request: HttpRequest, family_id: str) -> HttpResponse:
    """`/tangga/keluarga/<id>/`: where a family stands today by the rule, and what can be begun."""
    read = opened(request, family_id)
    return render(request, "climb/family.html", shown.family(read, viewer_of(request)))


@needs("move_propose")
@require_POST
@served_here
def begin(request: HttpRequest, family_id: str, kind: str) -> HttpResponse:
    """Begin a matter about a family."""
    viewer = viewer_of(request)
    back = reverse("climb_family", args=[family_id])
    reason = request.POST.get("alasan", "").strip()[:LONGEST_TEXT]
    if kind not in (*actions.KINDS, actions.PLAN) or len(family_id) > LONGEST_ID:
        raise Http404
    try:
        if kind == actions.PLAN:
            item = actions.plan(family_id=family_id, by=viewer)
        else:
            item = actions.begin(kind, family_id=family_id, by=viewer, reason=reason)
    except Refusal as refusal:
        return refuse(request, refusal, back)
    messages.success(request, saved(item, viewer))
    return redirect(address(item))


@needs("families")
def step(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/tangga/langkah/<id>/`: one matter, what the rule says of it, and its next step."""
    item, row = _matter(request, number)
    viewer = viewer_of(request)
    if request.method == "POST":
        return _take(request, item, viewer)
    gone = left(item.family_id, viewer) is not None
    read = None if gone else read_family(item.family_id, viewer=viewer)
    record("climb_seen", by=viewer, family_id=item.family_id, area=item.area)
    said = shown.matter(row, item, read, viewer)
    return render(
        request,
        "climb/step.html",
        {
            **standing(item, viewer),
            **said,
            "row": row,
            "read": read,
            "evidence": evidence.of(item),
            "papers": list(Paper.objects.filter(item=item).order_by("at")),
            "until_most": forms.extension_end(read) if read else None,
            "line": forms.LineForm(viewer=viewer, read=read) if read and _lines(item) else None,
            "may_keep": not item.closed and viewer.may("move_propose"),
        },
    )


@needs("move_propose")
@require_POST
def undo(request: HttpRequest, number: UUID) -> HttpResponse:
    """Ask that a decision in effect be undone."""
    decision, _ = _matter(request, number)
    viewer = viewer_of(request)
    reason = request.POST.get("alasan", "").strip()[:LONGEST_TEXT]
    try:
        item = undoing.propose(decision, by=viewer, reason=reason)
    except Refusal as refusal:
        return refuse(request, refusal, address(decision))
    messages.success(request, saved(item, viewer))
    return redirect(address(item))


def _lines(item: Item) -> bool:
    return item.kind in (actions.PLAN, "prevention") and not item.closed


def _matter(request: HttpRequest, number: UUID) -> tuple[Item, Step]:
    item = item_of(request, number)
    row = Step.objects.filter(pk=item.pk).first()
    if row is None:
        raise Http404
    return item, row


def _take(request: HttpRequest, item: Item, viewer: Viewer) -> HttpResponse:
    if request.FILES.get("berkas") is not None:
        return _keep(request, item, viewer)
    version, step = request.POST.get("versi", ""), request.POST.get("langkah", "")
    if step in OF_LINES:
        record("work_refused", by=viewer, area=item.area, about={"why": "own_page"})
        raise Http404
    try:
        item = actions.take(
            item,
            step,
            by=viewer,
            version=int(version) if version.isdecimal() else -1,
            reason=request.POST.get("alasan", "").strip()[:LONGEST_TEXT],
            document=request.POST.get("dokumen", "").strip()[:200],
            until=_day(request.POST.get("sampai", "")),
        )
    except Refusal as refusal:
        return refuse(request, refusal, address(item))
    messages.success(request, saved(item, viewer))
    return redirect(address(item))


def _keep(request: HttpRequest, item: Item, viewer: Viewer) -> HttpResponse:
    """One file as evidence."""
    if not viewer.may("move_propose") or item.closed:
        raise Http404
    try:
        evidence.keep(
            request.FILES["berkas"],  # type: ignore[arg-type]
            item=item,
            by=viewer,
            kind="document" if request.POST.get("jenis") == "document" else "photo",
            taken_on=_day(request.POST.get("tanggal", "")),
        )
    except evidence.Refused as refused:
        messages.error(request, refused.words(viewer.language))
    return redirect(address(item))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


@needs("move_propose")
@require_POST
def line(request: HttpRequest, number: UUID) -> HttpResponse:
    """A line of a plan or of a package of prevention."""
    item, _ = _matter(request, number)
    viewer = viewer_of(request)
    read = read_family(item.family_id, viewer=viewer)
    if read is None or not _lines(item):
        raise Http404
    form = forms.LineForm(request.POST, viewer=viewer, read=read)
    if not form.is_valid():
        messages.error(request, form.said())
        return redirect(address(item))
    version = request.POST.get("versi", "")
    try:
        actions.line(
            item,
            by=viewer,
            version=int(version) if version.isdecimal() else -1,
            **form.cleaned_data,
        )
    except Refusal as refusal:
        return refuse(request, refusal, address(item))
    messages.success(request, say("web_climb.line_saved", viewer.language))
    return redirect(address(item))
