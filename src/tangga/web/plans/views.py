"""Pages of plan lines: what is planned, one line and its versions, offering and spreading."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tangga.rules.spread import spread
from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.plans import actions, queries
from tangga.web.plans.forms import Counter, NewLine, Spreading, below, digits_below, measures
from tangga.web.plans.queries import SAID, Line
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs
from tangga.web.work.actions import steps_for
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import item_of, refuse, saved, standing

LONGEST = 2000


@needs("figures")
def plan(request: HttpRequest) -> HttpResponse:
    """`/rencana/`: every line of the viewer's area, the open ones first; `?tahun=`: of one year."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.lines(viewer.area or "")
    years = sorted({one.year for one in found} | {today().year}, reverse=True)
    asked = request.GET.get("tahun", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else None
    shown = sorted((one for one in found if year in (None, one.year)), key=_order)
    context = {
        "lines": shown,
        "years": years,
        "year": year,
        "sums": _sums(shown),
        "measures": dict(measures(viewer.language)),
        "may_offer": viewer.may("plan_propose"),
        "may_spread": viewer.may("plan_propose") and bool(digits_below(viewer.area or "")),
        "may_simulate": viewer.may("simulate"),
    }
    return render(request, "plans/plan.html", context)


def _order(one: Line) -> tuple[Any, ...]:
    waits = one.now.state in ("proposed", "changed")
    return (not waits, -one.overdue, -one.year, one.area, one.line)


def _sums(lines: list[Line]) -> dict[str, int]:
    """How many lines are in each state, in the order in which states first come."""
    found: dict[str, int] = {}
    for one in lines:
        found[one.now.state] = found.get(one.now.state, 0) + 1
    return found


@needs("figures")
def line(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/rencana/<id>/`: one line that is kept here."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = item_of(request, number, actions.KIND)
    found = queries.line_of(item.plan_line.line)
    if found is None:
        raise Http404
    record("plan_line_seen", by=viewer, area=item.area, about={"item": item.number})
    return _render(request, found, standing(item, viewer))


@needs("figures")
def line_of_files(request: HttpRequest) -> HttpResponse:
    """`/rencana/baris/?id=`: a line of the files of the plan, that nobody has answered here yet."""
    found = queries.line_of(request.GET.get("id", ""))
    if found is None:
        raise Http404
    if found.kept is not None:
        return redirect("plan_line", number=found.kept.pk)
    return _render(request, found, {})


def _render(
    request: HttpRequest, found: Line, told: dict[str, Any], form: Counter | None = None
) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = None if found.kept is None else found.kept.item
    steps = [] if item is None else steps_for(item, viewer)
    context = {
        **told,
        "line": found,
        "measures": dict(measures(viewer.language)),
        "villages": queries.must_repair(found),
        "plain": [pair for pair in steps if pair[0].name not in actions.COUNTERS],
        "counters": [step for step, _ in steps if step.name in actions.COUNTERS],
        "form": form or Counter(viewer=viewer, initial=dict(found.now.said)),
        "may_adopt": item is None and _may_answer(viewer, found),
        "versions": list(reversed(found.versions)),
        "said": SAID,
    }
    return render(request, "plans/line.html", context)


def _may_answer(viewer: Viewer, found: Line) -> bool:
    able = viewer.may("plan_decide") or viewer.may("plan_propose")
    return able and viewer.covers(found.area) and found.now.state not in ("done", "cancelled")


@needs("figures")
@require_POST
def adopt(request: HttpRequest) -> HttpResponse:
    """Let a line of the files be answered here."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.line_of(request.POST.get("id", ""))
    if found is None or not _may_answer(viewer, found):
        raise Http404
    try:
        item = actions.adopt(found, by=viewer)
    except Refusal as refusal:
        return refuse(request, refusal, reverse("plan"))
    return redirect("plan_line", number=item.pk)


@needs("figures")
@require_POST
def answer(request: HttpRequest, number: UUID) -> HttpResponse:
    """Accept, reject, counter, finish or cancel a line."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = item_of(request, number, actions.KIND)
    step, version = request.POST.get("langkah", ""), request.POST.get("versi", "")
    said, reason = None, request.POST.get("alasan", "").strip()[:LONGEST]
    if step in actions.COUNTERS:
        form = Counter(request.POST, viewer=viewer)
        if not form.is_valid():
            found = queries.line_of(item.plan_line.line)
            if found is None:
                raise Http404
            return _render(request, found, standing(item, viewer), form)
        said = {name: form.cleaned_data[name] for name in SAID}
        reason = form.cleaned_data["reason"]
    try:
        item = actions.answer(
            item,
            step,
            by=viewer,
            version=int(version) if version.isdecimal() else -1,
            reason=reason,
            document=request.POST.get("dokumen", "").strip()[:200],
            said=said,
        )
    except Refusal as refusal:
        return refuse(request, refusal, reverse("plan_line", args=[item.pk]))
    messages.success(request, saved(item, viewer))
    return redirect("plan_line", number=item.pk)


@needs("plan_propose")
def new(request: HttpRequest) -> HttpResponse:
    """`/rencana/baru/`: offer a line."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = NewLine(request.POST or None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        wider = (viewer.area or "")[: len(viewer.area or "") - 2]
        try:
            item = actions.offer(
                by=viewer,
                area=told["area"],
                year=told["year"],
                said={name: told[name] for name in SAID},
                repairs=told["repairs"],
                ask=wider if told["ask"] and told["area"] == viewer.area else None,
            )
        except Refusal as refusal:
            return refuse(request, refusal, reverse("plan_new"))
        messages.success(request, saved(item, viewer))
        return redirect("plan_line", number=item.pk)
    return render(request, "plans/new.html", {"form": form})


@needs("plan_propose")
def spreading(request: HttpRequest) -> HttpResponse:
    """`/rencana/sebar/`: a total over the areas below, shown before anything is offered."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = Spreading(request.POST or None, viewer=viewer)
    parts: list[tuple[str, int, int | None, int | None]] = []
    if request.method == "POST" and form.is_valid():
        parts = _parts(viewer, form.cleaned_data)
        if not parts:
            form.add_error("by", say("web_plans.nobody_there", viewer.language))
        elif request.POST.get("tawarkan"):
            return _offered(request, form.cleaned_data, parts)
    sums = [sum(part[n] or 0 for part in parts) for n in (1, 2, 3)]
    return render(request, "plans/spread.html", {"form": form, "parts": parts, "sums": sums})


def _parts(viewer: Viewer, told: dict[str, Any]) -> list[tuple[str, int, int | None, int | None]]:
    """(area, weight, target, cost) of each area below; the parts sum to the totals exactly."""
    own = viewer.area or ""
    digits = digits_below(own)
    weights = queries.weights(told["by"], own, digits, told["pilar"])
    weights |= {area: 0 for area in below(own, digits) if area not in weights}
    totals = [told["target"], told["cost"]]
    spreads = [None if total is None else spread(total, weights) for total in totals]
    if not any(weights.values()):
        return []
    return [
        (area, weight, *(None if part is None else part[area] for part in spreads))  # type: ignore[misc]
        for area, weight in sorted(weights.items())
    ]


def _offered(
    request: HttpRequest, told: dict[str, Any], parts: list[tuple[str, int, int | None, int | None]]
) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    shown = [(area, target, cost) for area, _, target, cost in parts if target or cost]
    said = {name: told.get(name) for name in SAID}
    try:
        made = actions.offer_spread(shown, by=viewer, year=told["year"], said=said)
    except Refusal as refusal:
        return refuse(request, refusal, reverse("plan_spread"))
    messages.success(request, say("web_plans.offered", viewer.language, n=len(made)))
    return redirect("plan")
