"""What offices do with many proposals at once: deliberate, recommend, sign and send up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Case, IntegerField, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.corrections import (
    actions,
    acts,
    believed,
    compared,
    conflicts,
    places,
    shown,
    written,
)
from tangga.web.corrections.deliberation import Deliberation
from tangga.web.corrections.doors import READERS, for_whom, holds
from tangga.web.corrections.models import Batch, Proposal
from tangga.web.corrections.sorts import book
from tangga.web.corrections.views import tabs
from tangga.web.family.eyes import Eyes
from tangga.web.papers.models import Paper
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.cleaning import Refused
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item
from tangga.web.work.refusals import Refusal, WrongState
from tangga.web.work.views import refuse, row, saved, standing

MOST = 200
"""Proposals on one page, and in one batch."""
MOST_PRINTED = 5000
LONGEST_TEXT = 1000
VERSION_DIGITS = 9
PROPOSED, VERIFIED, RECOMMENDED = "proposed", "verified", "recommended"
READY, ENTERED, UNANSWERED = "ready", "entered", "unanswered"
ANSWERS = ("answer_yes", "answer_no")
BY_RELEASE = "by_release"


def _in(states: Iterable[str], **of: Any) -> Any:
    """Proposals in some states: by village, then number."""
    found = Proposal.objects.filter(item__state__in=list(states), **of).select_related("item")
    return found.order_by("item__area", "item__number")


def _to_enter() -> Any:
    """What holds and is to be entered above, in the order of entry: village by village, in each by
    sort as the pack orders them, and what concerns one family together."""
    places = [When(sort=name, then=n) for n, name in enumerate(book().entry)]
    found = _in([READY], item__kind__in=sorted(conflicts.kinds()))
    turn = Case(*places, default=len(places), output_field=IntegerField())
    return found.order_by("item__area", turn, "item__family_id", "item__number")


def _lines(request: HttpRequest, found: Any, most: int = MOST) -> list[dict[str, Any]]:
    """Proposals as lines of a table."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    listed = list(found[:most])
    eyes = shown.eyes_of(viewer, request.release)  # type: ignore[attr-defined]
    heads = shown.heads_of(eyes, (one.item.family_id for one in listed))
    families = sorted({one.item.family_id for one in listed if one.item.family_id})
    record("proposals_seen", by=viewer, about={"families": families})
    crossed = conflicts.among(listed)
    return [
        {
            "view": shown.View(one, eyes),
            "head": heads.get(one.item.family_id, ""),
            "against": crossed.get(str(one.pk), []),
            **row(one.item, viewer),
        }
        for one in listed
    ]


def _chosen(request: HttpRequest) -> list[tuple[Item, int]]:
    """The proposals that were ticked, or all of the page, each with its version as it was shown."""
    ticked = {}
    listed = request.POST.getlist("tampil" if "semua" in request.POST else "usul")
    for said in listed[: MOST + 1]:
        id_, _, version = said.partition(":")
        if version.isdecimal() and len(version) < VERSION_DIGITS:
            ticked[id_] = int(version)
    try:
        found = Item.objects.filter(pk__in=[UUID(one) for one in ticked])
    except ValueError:
        return []
    return [(item, ticked[str(item.pk)]) for item in found.order_by("area", "number")]


def _ticked(request: HttpRequest) -> dict[str, Any]:
    """What was ticked on a page that comes back, so that nothing is ticked twice."""
    ids = {said.partition(":")[0] for said in request.POST.getlist("usul")}
    return {"ticked": ids, "all_ticked": "semua" in request.POST}


def _refused(request: HttpRequest, refusal: Refusal) -> bool:
    """Say why nothing was taken, on the page as it was filled in; note that it was tried."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    record("work_refused", by=viewer, about={"why": refusal.key})
    messages.error(request, refusal.words(viewer.language))
    return True


@for_whom("endorse")
def deliberation(request: HttpRequest) -> HttpResponse:
    """`/usul/musyawarah/`: the village endorses proposals by minutes or SPTJM, many at once."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = Deliberation(request.POST or None, request.FILES or None, viewer=viewer)
    refused_ = False
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        minutes = [("document", said["minutes"])] if said["minutes"] else []
        try:
            done, paper = acts.endorse(
                _chosen(request),
                by=viewer,
                eyes=_paper_eyes(request),
                document=said["document"],
                basis=said["basis"],
                held_on=said["held_on"],
                about=None if said["document"] else form.act(),
                files=minutes,
            )
        except Refusal as refusal:
            refused_ = _refused(request, refusal)
        except Refused as refused:
            form.add_error("minutes", refused.words(viewer.language))
        else:
            _say(request, "endorsed", n=len(done))
            return redirect("paper", paper.pk) if paper else redirect("deliberation")
    found = _in([PROPOSED], item__kind__in=_with("endorse"))
    context = _ticked(request) | {
        "form": form,
        "rows": _lines(request, found),
        "count": found.count(),
        "tabs": tabs(viewer, "deliberation"),
    }
    status = 422 if refused_ else 200
    return render(request, "corrections/deliberation.html", context, status=status)


def _paper_eyes(request: HttpRequest) -> Eyes:
    """The viewer's, as papers speak: Indonesian."""
    return replace(shown.eyes_of(request.viewer, request.release), language="id")  # type: ignore[attr-defined]


def _with(step: str) -> list[str]:
    """The workflows of proposals that have a step."""
    return [kind for kind in sorted(conflicts.kinds()) if step in workflow(kind).steps]


@for_whom("recommend", "sign", *READERS)
def batches(request: HttpRequest) -> HttpResponse:
    """`/usul/bundel/`: batches, and the verified proposals that a new one is made of."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    refused_ = False
    if request.method == "POST":
        document = request.POST.get("dokumen", "").strip()[:200]
        try:
            eyes = _paper_eyes(request)
            batch = acts.present(_chosen(request), by=viewer, eyes=eyes, document=document)
        except Refusal as refusal:
            refused_ = _refused(request, refusal)
        else:
            messages.success(request, saved(batch, viewer))
            return redirect("batch", batch.pk)
    recommends = holds(viewer, "recommend")
    found = _in([VERIFIED], item__kind__in=_with("recommend"))
    listed = Batch.objects.select_related("item").order_by("-item__at")[:100]
    context = _ticked(request) | {
        "document": request.POST.get("dokumen", ""),
        "recommends": recommends,
        "rows": _lines(request, found) if recommends else [],
        "count": found.count(),
        "batches": [
            {**row(one.item, viewer), "batch": one, "n": one.item.children.count()}
            for one in listed
        ],
        "tabs": tabs(viewer, "batches"),
    }
    status = 422 if refused_ else 200
    return render(request, "corrections/batches.html", context, status=status)


def _batch(number: UUID) -> Batch:
    found = Batch.objects.select_related("item").filter(pk=number).first()
    if found is None:
        raise Http404
    return found


@for_whom("recommend", "sign", *READERS)
def batch(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/usul/bundel/<id>/`: each proposal, what it would change in places, and signing."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = _batch(number)
    is_open = not found.item.closed
    rows = _lines(request, _in(_states_in(is_open), item__parent=found.item))
    effect = places.effect([one["view"].proposal for one in rows]) if is_open else None
    context = standing(found.item, viewer) | {
        "batch": found,
        "rows": rows,
        "effect": effect,
        "kept": None if is_open else found.effect,
        "stuck": _stuck(rows) if is_open else [],
        "papers": _acts(found),
        "tabs": tabs(viewer, "batches"),
    }
    return render(request, "corrections/batch.html", context)


def _acts(of: Batch) -> list[Paper]:
    """The acts of a batch that were issued here: recommendation and decision."""
    signed = of.item.steps.exclude(document="").values_list("document", flat=True)
    return acts.papers_of(of.document, *signed)


def _states_in(is_open: bool) -> list[str]:
    """Those of the proposals that a batch holds; of one that was signed, wherever they are now."""
    if is_open:
        return [RECOMMENDED]
    return [name for kind in conflicts.kinds() for name in workflow(kind).states]


def _stuck(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Proposals whose value has changed since it was verified."""
    found = believed.families(one["view"].proposal.item.family_id for one in rows)
    return [
        one
        for one in rows
        if one["view"].said.changes
        and (family := found.get(one["view"].proposal.item.family_id)) is not None
        and conflicts.moved(one["view"].said.changes, family)
    ]


@for_whom("recommend", "sign")
@require_POST
def batch_step(request: HttpRequest, number: UUID) -> HttpResponse:
    """Sign or return a batch."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = _batch(number)
    back = reverse("batch", args=[found.pk])
    version = request.POST.get("versi", "")
    shown_version = int(version) if version.isdecimal() and len(version) < VERSION_DIGITS else -1
    step = request.POST.get("langkah", "")
    try:
        if step == "sign":
            done = acts.sign(
                found.item,
                by=viewer,
                eyes=_paper_eyes(request),
                version=shown_version,
                document=request.POST.get("dokumen", "").strip()[:200],
                seen=request.POST.get("dampak", ""),
            )
        elif step != "return":
            now = row(found.item, viewer)["state"]
            raise WrongState(step="?", number=found.item.number, state=now)
        else:
            done = actions.give_back(
                found.item,
                by=viewer,
                version=shown_version,
                reason=request.POST.get("alasan", "").strip()[:LONGEST_TEXT],
            )
    except Refusal as refusal:
        return refuse(request, refusal, back)
    messages.success(request, saved(done, viewer))
    return redirect(back)


@for_whom("send_up", "recommend", *READERS)
def upward(request: HttpRequest) -> HttpResponse:
    """`/usul/siks/`: what is to be entered in the ministry's system, in the order of entry, and
    what it answered."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if request.method == "POST":
        return _sent_up(request)
    kinds = sorted(conflicts.kinds())
    flows = [workflow(kind) for kind in kinds]
    ready, answers = _to_enter(), _in([ENTERED, UNANSWERED], item__kind__in=kinds)
    entered = _lines(request, answers)
    told = compared.compared([one["view"].proposal for one in entered])
    context = {
        "ready": _lines(request, ready),
        "ready_n": ready.count(),
        "entered_n": answers.count(),
        "entered": [{**one, "told": told.get(str(one["item"].pk), "")} for one in entered],
        "told": told,
        "may": holds(viewer, "send_up"),
        "windows": [
            (flow.label(viewer.language), window, flow.closed_on(flow.steps["enter"], today()))
            for flow in flows
            for window in [flow.windows.get(flow.steps["enter"].window)]
            if window is not None
        ],
        "open_kinds": {
            flow.kind for flow in flows if flow.closed_on(flow.steps["enter"], today()) is None
        },
        "tabs": tabs(viewer, "upward"),
    }
    return render(request, "corrections/upward.html", context)


def _sent_up(request: HttpRequest) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    step = request.POST.get("langkah", "")
    reason = written.plain(request.POST.get("alasan", ""))[:LONGEST_TEXT]
    release = request.release["release"]  # type: ignore[attr-defined]
    try:
        if step == BY_RELEASE:
            said = say("web_corrections.release_says_other", "id", release=release)
            done = actions.close_by_release(_chosen(request), by=viewer, reason=said)
        else:
            known = step if step in ("enter", *ANSWERS) else "enter"
            done = actions.send_up(_chosen(request), known, by=viewer, reason=reason)
    except Refusal as refusal:
        return refuse(request, refusal, reverse("upward"))
    _say(request, "sent_up", n=len(done))
    return redirect("upward")


@for_whom("send_up", "recommend")
def upward_paper(request: HttpRequest) -> HttpResponse:
    """`/usul/siks/cetak/`: the same on paper, in the order of entry, to tick off."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = _lines(request, _to_enter(), MOST_PRINTED)
    rows = [{**line, "turn": n} for n, line in enumerate(found, start=1)]
    record("upward_printed", by=viewer, about={"proposals": len(rows)})
    context = {"rows": rows, "day": today(), "tabs": []}
    return render(request, "corrections/upward_paper.html", context)


def _say(request: HttpRequest, key: str, **values: object) -> None:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    messages.success(request, say(f"web_corrections.{key}", viewer.language, **values))
