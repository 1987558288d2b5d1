"""Pages of support under check: the list, the signals of the release, a new check, one check."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.journeys.care import clarifying, guests, holding, people, signals
from tangga.web.journeys.care.holding import KIND, STEPS
from tangga.web.journeys.care.holding_forms import CheckForm, RaiseForm
from tangga.web.journeys.care.models import Check
from tangga.web.journeys.care.support import (
    Support,
    determined_elsewhere,
    is_death,
    listed,
    running,
)
from tangga.web.pack import code_label
from tangga.web.paging import pager
from tangga.web.papers.models import Paper
from tangga.web.policy.book import book
from tangga.web.programmes import spells
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs
from tangga.web.work.models import Item
from tangga.web.work.queries import waiting
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import item_of, refuse, row, saved, standing

A_PAGE = 50
SENSITIVE, FINANCIAL = "sensitive", "financial"
TABS: dict[str, Q] = {
    "open": Q(closed_on=None) & ~Q(state="stopped"),
    "notified": Q(state__in=("notified", "objected", "denied")),
    "stopped": Q(state="stopped"),
    "closed": Q(closed_on__isnull=False),
}


READERS = ("move_propose", "move_check", "move_decide")
"""Who proposes, checks or decides; others see on the family's page that there is a check."""


@needs(*READERS, delegated=True)
def checks(request: HttpRequest) -> HttpResponse:
    """`/tangguh/`: checks of the area, `?bagian=` one tab; first what waits for the viewer."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    counts = {name: _tab(viewer, name).count() for name in ("mine", *TABS)}
    tab = request.GET.get("bagian") or ("mine" if counts["mine"] else "open")
    if tab not in counts:
        raise Http404
    found = _tab(viewer, tab)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("hal"))
    rows = [row(item, viewer) for item in page.object_list]
    heads = people.heads([one["item"].family_id for one in rows], viewer)
    for one in rows:
        one["head"] = heads.get(one["item"].family_id, one["item"].family_id)
        one["reason"] = _reason(one["item"].check_of, viewer)
    context = {
        "rows": rows,
        "tab": tab,
        "tabs": counts,
        "pager": pager(page, bagian=tab),
        "signals": signals.may_read(viewer),
    }
    return render(request, "care/checks.html", context)


def _tab(viewer: Viewer, tab: str) -> Any:
    if tab == "mine":
        found = waiting(viewer, [KIND])
    else:
        found = Item.objects.filter(TABS[tab], kind=KIND).order_by("due", "at", "id")
    return found.select_related("check_of")


@needs("move_propose")
def signs(request: HttpRequest) -> HttpResponse:
    """`/tangguh/isyarat/`: signals of the release that nobody took up; opens checks of some."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not signals.may_read(viewer) or request.release is None:  # type: ignore[attr-defined]
        raise Http404
    if request.method == "POST":
        return _take_up(request, viewer)
    found = signals.untaken(viewer)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("hal"))
    heads = people.heads([one["family_id"] for one in page.object_list], viewer)
    named = people.names([one["person_id"] or "" for one in page.object_list], viewer)
    shown = [
        {
            **one,
            "label": book().label(one["signal"], viewer.language),
            "check": signals.check_of(one["signal"], viewer.language),
            "head": heads.get(one["family_id"], one["family_id"]),
            "name": named.get(one["person_id"] or "", ""),
        }
        for one in page.object_list
    ]
    families = sorted({one["family_id"] for one in page.object_list})
    record("signals_seen", by=viewer, about={"families": families})
    context = {"rows": shown, "pager": pager(page), "count": page.paginator.count}
    return render(request, "care/signals.html", context)


def _take_up(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Open a check of each signal that was chosen."""
    chosen, made = set(request.POST.getlist("isyarat")), 0
    for one in signals.untaken(viewer):
        if one["key"] not in chosen:
            continue
        try:
            holding.raise_case(
                family_id=one["family_id"],
                person_id=one["person_id"] or "",
                reason=one["reason"],
                signal=one["signal"],
                words=book().label(one["signal"], "id"),
                by=viewer,
            )
            made += 1
        except Refusal as refusal:
            return refuse(request, refusal, reverse("tangguh_list"))
    messages.success(request, say("web_care.taken_up", viewer.language, n=made))
    return redirect("tangguh_signals")


@needs("move_propose")
def raise_check(request: HttpRequest, family_id: str) -> HttpResponse:
    """`/tangguh/baru/<family>/`: a sign that an officer saw."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    with guests.reading(family_id, viewer):
        found = None if viewer.cases_only else people.family(family_id)
        rows = people.members(family_id) if found else []
    if found is None:
        raise Http404
    members = [(one["person_id"], people.shown(one.get("name"), viewer)) for one in rows]
    form = RaiseForm(request.POST or None, language=viewer.language, members=members)
    if request.method == "POST" and form.is_valid():
        try:
            item = holding.raise_case(family_id=family_id, by=viewer, **form.cleaned_data)
        except Refusal as refusal:
            return refuse(request, refusal, reverse("family", args=[family_id]))
        messages.success(request, saved(item, viewer))
        return redirect("tangguh_case", item.pk)
    head = people.heads([family_id], viewer).get(family_id, family_id)
    shown = {"form": form, "family_id": family_id, "head": head}
    return render(request, "care/raise.html", shown)


@needs(*READERS, delegated=True)
def check(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/tangguh/<id>/`: what is checked, who found what, and what can be done next."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = item_of(request, number, KIND)
    stands = standing(item, viewer)
    names = {step.name for step, _ in stands["can"]}
    form = None
    if STEPS["yes"] in names and viewer.sight(SENSITIVE) == "full":
        form = _form(request, item, viewer)
        if request.method == "POST" and form.is_valid():
            return _found(request, item, form, viewer)
    elif request.method == "POST":
        raise Http404
    record("check_seen", by=viewer, family_id=item.family_id, area=item.area)
    can = [(step, opens) for step, opens in stands["can"] if step.name not in STEPS.values()]
    return render(
        request, "care/check.html", {**stands, **_about(item, viewer), "form": form, "can": can}
    )


def _form(request: HttpRequest, item: Item, viewer: Viewer) -> CheckForm:
    with guests.reading(item.family_id, viewer):
        names, there = _names(item, viewer), running(item.family_id, today())
    return CheckForm(
        request.POST or None,
        language=viewer.language,
        support=[(one.choice, one.label(names, viewer.language)) for one in there],
        death=is_death(item.check_of.reason, today()),
        may_ask=item.state.startswith("checking"),
    )


def _found(request: HttpRequest, item: Item, form: CheckForm, viewer: Viewer) -> HttpResponse:
    said, version = form.cleaned_data, request.POST.get("versi", "")
    try:
        item = holding.check(
            item,
            finding=said["finding"],
            words=said["words"],
            document=said["document"],
            ends=form.chosen,
            fact_on=said.get("fact_on"),
            by=viewer,
            version=int(version) if version.isdecimal() else -1,
        )
    except Refusal as refusal:
        return refuse(request, refusal, reverse("tangguh_case", args=[item.pk]))
    messages.success(request, saved(item, viewer))
    return redirect("tangguh_case", item.pk)


def _names(item: Item, viewer: Viewer) -> dict[str, str]:
    rows = people.members(item.family_id, living=False)
    return {one["person_id"]: people.shown(one.get("name"), viewer) for one in rows}


def _about(item: Item, viewer: Viewer) -> dict[str, Any]:
    mine: Check = item.check_of
    with guests.reading(item.family_id, viewer):
        names, language = _names(item, viewer), viewer.language
        head = people.heads([item.family_id], viewer).get(item.family_id, item.family_id)
    whole, money = viewer.sight(SENSITIVE) == "full", viewer.sight(FINANCIAL) == "full"

    def said(row: dict[str, Any]) -> str:
        return Support.of(row).label(names, language, whole=whole)

    return {
        "mine": mine,
        "head": head,
        "person": names.get(item.person_id, ""),
        "reason": _reason(mine, viewer),
        "check_words": signals.check_of(mine.signal, language),
        "ends": listed(map(Support.of, mine.ends), names, language, whole=whole),
        "upward": determined_elsewhere(map(Support.of, mine.ends), language),
        "money": money,
        "owed": [(said(one), one) for one in mine.owed],
        "owed_sum": _sum(mine.owed),
        "overpaid": [(said(one), one) for one in mine.overpaid],
        "overpaid_sum": _sum(mine.overpaid),
        "papers": list(Paper.objects.filter(item=item).order_by("-at")),
        "payee": _payee(item, mine, viewer),
        "clarify": clarifying.form_for(item, viewer),
        "chance": clarifying.chance_taken(item) if whole else None,
    }


def _payee(item: Item, mine: Check, viewer: Viewer) -> bool:
    """Whether somebody else has to receive the family's support, since who did has died."""
    if not mine.stopped_on or mine.restored_on or not is_death(mine.reason, mine.stopped_on):
        return False
    with guests.reading(item.family_id, viewer):
        pieces = spells.running(family_id=item.family_id, on=today())
    return any(piece.payee == item.person_id for piece in pieces)


def _sum(rows: list[dict[str, Any]]) -> int | None:
    """None where the amount of one of them is not known."""
    amounts = [one["amount"] for one in rows]
    return None if None in amounts else sum(amounts)


def _reason(mine: Check, viewer: Viewer) -> str:
    """The sign in words; '' where the viewer may not read it."""
    if viewer.sight(SENSITIVE) != "full":
        return ""
    return code_label("removal_reason", mine.reason, viewer.language)
