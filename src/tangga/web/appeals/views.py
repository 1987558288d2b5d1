"""`/keberatan/`: what was lodged, by its deadline; one matter; who reported, for who may see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from tangga.web.appeals import pending, subjects, tickets, way, whom, withdrawing
from tangga.web.appeals.effects import possible
from tangga.web.appeals.models import Appeal, Objector
from tangga.web.appeals.permit import READERS, WORKERS
from tangga.web.appeals.telling import NEAR_DAYS
from tangga.web.audit.actions import record
from tangga.web.counter.desk import desk
from tangga.web.counter.models import Reactivation
from tangga.web.paging import pager
from tangga.web.papers.kinds import kinds as paper_kinds
from tangga.web.papers.models import Paper
from tangga.web.reveal import PermitForm
from tangga.web.secrets import unseal
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs
from tangga.web.work import evidence, queries
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item, Taken
from tangga.web.work.pages import address, only_there
from tangga.web.work.views import row, standing

KINDS = ("objection", "request", "report", "complaint", "reactivation")
DELIVERY = "delivery_complaint"
"""Has a ticket as they have, and pages of its own."""

OBJECTION, REPORT = "objection", "report"
A_PAGE = 40


@needs(*READERS, delegated=True)
@require_safe
def appeals(request: HttpRequest) -> HttpResponse:
    """Open matters, the most urgent first; `?jenis=`: of one kind; `?selesai=1`: answered ones."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    kind, done = request.GET.get("jenis", ""), request.GET.get("selesai") == "1"
    if kind not in kinds_for(viewer):
        kind = ""
    kinds = [kind] if kind else list(kinds_for(viewer))
    found = Item.objects.filter(kind__in=kinds, closed_on__isnull=not done)
    found = found.order_by("-closed_on", "id") if done else found.order_by("due", "at", "id")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("hal"))
    mine = set(queries.waiting(viewer, kinds).values_list("pk", flat=True))
    context = {
        "rows": [row(item, viewer) | {"mine": item.pk in mine} for item in page.object_list],
        "count": page.paginator.count,
        "near": near(viewer).filter(kind__in=kinds).count(),
        "stages": _stages(kind, viewer) if kind and not done else [],
        "kind": kind,
        "done": done,
        "kinds": [(one, workflow(one).label(viewer.language)) for one in kinds_for(viewer)],
        "pager": pager(page, jenis=kind, selesai="1" if done else ""),
    }
    return render(request, "appeals/list.html", context)


def near(viewer: Viewer) -> QuerySet[Item]:
    """Open matters that are due within two days, or overdue."""
    by = today() + timedelta(days=NEAR_DAYS)
    return Item.objects.filter(kind__in=kinds_for(viewer), closed_on=None, due__lte=by)


def _stages(kind: str, viewer: Viewer) -> list[tuple[str, int]]:
    """How many open matters of a kind stand where, in the order of its way."""
    many = dict(
        Item.objects.filter(kind=kind, closed_on=None)
        .order_by()
        .values_list("state")
        .annotate(many=Count("pk"))
    )
    states = [one for one in workflow(kind).states.values() if not one.final]
    return [(one.label(viewer.language), many.get(one.name, 0)) for one in states]


def kinds_for(viewer: Viewer) -> tuple[str, ...]:
    """Reports are for who works on them; the village sees none anyway."""
    return tuple(one for one in KINDS if one != REPORT or _works(viewer))


def _works(viewer: Viewer) -> bool:
    return any(viewer.may(verb) for verb in WORKERS)


@needs(*READERS, delegated=True)
@require_safe
def appeal(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/keberatan/<id>/`: what was lodged, where it is, what can be done, who may decide."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = seen(viewer, number)
    about = {"item": item.number}
    record("item_seen", by=viewer, family_id=item.family_id or None, area=item.area, about=about)
    shown = standing(item, viewer) | _about(item, viewer)
    kept = shown["appeal"]
    if item.kind == OBJECTION and kept is not None:
        shown["can"] = [one for one in shown["can"] if possible(kept, one[0].to)]
    elsewhere = {one.name for one, _ in shown["can"] if only_there(item.kind, one.name)}
    shown["may_withdraw"] = withdrawing.STEP in elsewhere
    shown["can"] = [one for one in shown["can"] if one[0].name not in elsewhere]
    return render(request, "appeals/appeal.html", shown)


def seen(viewer: Viewer, number: UUID, *kinds: str) -> Item:
    """A matter of these kinds (else: of those of this list) that the viewer may see; or Http404."""
    found = Item.objects.filter(pk=number, kind__in=kinds or kinds_for(viewer)).first()
    if found is None:
        raise Http404
    return found


def _about(item: Item, viewer: Viewer) -> dict[str, Any]:
    language = viewer.language
    kept: Appeal | None = Appeal.objects.filter(item=item).first()
    known = whom.of(item, kept) if viewer.sight("identity") == "full" else None
    about = subjects.about_of(item, language)
    asked = Reactivation.objects.filter(item=item).first()
    return {
        "appeal": kept,
        "about": about,
        "way": way.way(
            workflow(item.kind), Taken.objects.filter(item=item).order_by("n"), language
        ),
        "said": unseal(bytes(kept.said)) if kept and viewer.sight("personal") == "full" else "",
        "whom": known,
        "silence": subjects.silence(item, language),
        "decides": subjects.decider(item, language),
        "reactivation": asked,
        "ground": _ground(asked, viewer),
        "papers": list(Paper.objects.filter(item=item).order_by("on_day", "number")),
        "evidence": evidence.of(item),
        "stops": pending.stops(item.family_id, language) if item.kind == "objection" else [],
        "may_see_objector": item.kind == REPORT and viewer.may("objectors"),
        "near": item.due is not None and item.due <= today() + timedelta(days=NEAR_DAYS),
    }


def _steps(item: Item) -> list[Taken]:
    return list(Taken.objects.filter(item=item).order_by("n"))


def _ground(asked: Reactivation | None, viewer: Viewer) -> str:
    """Why somebody is to be paid for again: of their health, so not for everybody who sees it."""
    if asked is None or viewer.sight("sensitive") != "full":
        return ""
    return desk().reasons[asked.reason].label(viewer.language)


@needs("appeals_take", "counter", delegated=True)
@require_safe
def ticket(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/keberatan/<id>/tiket/`: the number and the digits, to print and hand over."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = seen(viewer, number, *kinds_for(viewer), DELIVERY)
    kept: Appeal | None = Appeal.objects.filter(item=item).first()
    flow = workflow(item.kind)
    context = {
        "item": item,
        "flow": flow,
        "digits": tickets.digits_of(item),
        "about": subjects.about_of(item, viewer.language) if kept else None,
        "decides": subjects.decider(item, viewer.language),
        "promised": kept.answer_by if kept else subjects.answer_by(flow, item.opened_on),
        "silence": subjects.silence(item, viewer.language),
        "kinds": paper_kinds(),
        "papers": list(Paper.objects.filter(item=item).order_by("on_day", "number")),
        "matter": address(item),
        "public": request.build_absolute_uri("/cek/tiket/"),
    }
    return render(request, "appeals/ticket.html", context)


@needs("objectors", fresh=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def objector(request: HttpRequest, number: UUID) -> HttpResponse:
    """Who reported: only for who is let to, one at a time, for a purpose and a reason, as numbers
    are shown, and always recorded."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = seen(viewer, number)
    kept = Objector.objects.filter(item=item).first()
    if kept is None:
        raise Http404
    form = PermitForm(request.POST or None, language=viewer.language)
    context: dict[str, Any] = {"item": item, "form": form, "shown": False}
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "appeals/objector.html", context, status=status)
    said = form.cleaned_data
    about = {"item": item.number, "purpose": said["purpose"]}
    record("objector_seen", by=viewer, area=item.area, reason=said["reason"], about=about)
    known = whom.person(kept.person_id)
    context |= {
        "shown": True,
        "name": known.name if known else "–",
        "village": known.area if known else "",
        "said": unseal(bytes(kept.said)),
        "judged": kept.judged,
    }
    return render(request, "appeals/objector.html", context)
