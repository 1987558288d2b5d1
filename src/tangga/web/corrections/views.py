"""Proposing something about a family, what waits, and the page of one proposal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.corrections import actions, believed, conflicts, payees, rulings, shown
from tangga.web.corrections.after_death import paid_after
from tangga.web.corrections.doors import READERS, VERBS, for_whom, holds
from tangga.web.corrections.forms import About, ProposalForm, sections_of
from tangga.web.corrections.models import Proposal
from tangga.web.corrections.numbers import whole
from tangga.web.corrections.proof import Proof, brought
from tangga.web.corrections.sorts import FAMILY, PERSON, REGISTER, Sort, book
from tangga.web.corrections.written import area_options
from tangga.web.family.away import left
from tangga.web.paging import pager
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import evidence, queries
from tangga.web.work.cleaning import Refused
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import refuse, row, saved, standing

A_PAGE = 50
LONGEST_TEXT = 1000
LONGEST_ID = 40
FAMILY_ITSELF = "keluarga"
AREA_MOVE = "area_move"


@for_whom(*VERBS, *READERS)
def proposals(request: HttpRequest) -> HttpResponse:
    """`/usul/`: what waits for the viewer, or every proposal of the area; `?lihat=` which. Unasked,
    whoever nothing waits for sees all."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    look = request.GET.get("lihat", "")
    waiting = queries.waiting(viewer, sorted(conflicts.kinds()))
    mine = look == "saya" or (look != "semua" and waiting.exists())
    found = (
        waiting
        if mine
        else Proposal.objects.select_related("item").order_by("-item__at", "item_id")
    )
    page = Paginator(found, A_PAGE).get_page(request.GET.get("hal"))
    listed = _listed(list(page.object_list))
    eyes = shown.eyes_of(viewer, request.release)  # type: ignore[attr-defined]
    heads = shown.heads_of(eyes, (one.item.family_id for one in listed))
    crossed = conflicts.among(listed)
    context = {
        "mine": mine,
        "rows": [_line(one, eyes, heads, crossed) for one in listed],
        "count": page.paginator.count,
        "pager": pager(page, lihat="saya" if mine else "semua"),
        "tabs": tabs(viewer, "proposals"),
        "may_propose": viewer.may("propose"),
        "first": book().sorts,
    }
    record("proposals_seen", by=viewer, about={"families": sorted(heads)})
    return render(request, "corrections/proposals.html", context)


def _listed(found: list[Any]) -> list[Proposal]:
    if found and isinstance(found[0], Proposal):
        return found
    by_item = Proposal.objects.select_related("item").in_bulk([one.pk for one in found])
    return [by_item[one.pk] for one in found if one.pk in by_item]


def _line(
    proposal: Proposal, eyes: Any, heads: dict[str, str], crossed: dict[str, list[Proposal]]
) -> dict[str, Any]:
    view = shown.View(proposal, eyes)
    return {
        "view": view,
        "against": crossed.get(str(proposal.pk), []),
        "head": heads.get(proposal.item.family_id, ""),
        **row(proposal.item, eyes.viewer),
    }


TABS = (
    ("proposals", "tab_proposals", (*VERBS, *READERS)),
    ("deliberation", "tab_deliberation", ("endorse",)),
    ("batches", "tab_batches", ("recommend", "sign", *READERS)),
    ("upward", "tab_upward", ("send_up", "recommend", *READERS)),
)
"""Each page of proposals: its URL's name, its text, the verbs of which one is needed."""


def tabs(viewer: Viewer, here: str) -> list[dict[str, Any]]:
    """The ways between the pages of proposals."""
    return [
        {
            "url": reverse(name),
            "label": say(f"web_corrections.{text}", viewer.language),
            "here": name == here,
        }
        for name, text, verbs in TABS
        if holds(viewer, *verbs)
    ]


@for_whom("propose")
def choose(request: HttpRequest, family_id: str = "") -> HttpResponse:
    """`/usul/keluarga/<id>/`: what is wrong or has happened; and what was proposed before."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = _family(family_id, viewer) if family_id else None
    if found is not None and left(found.id, viewer) is not None:
        return redirect("family", found.id)
    eyes = shown.eyes_of(viewer, request.release)  # type: ignore[attr-defined]
    wanted = (REGISTER,) if found is None else (FAMILY, PERSON)
    before = Proposal.objects.none()
    if found is not None:
        before = Proposal.objects.filter(item__family_id=found.id).select_related("item")
    listed = list(before.order_by("-item__at")[:A_PAGE])
    crossed = conflicts.among(listed)
    context = {
        "family": found,
        "head": shown.heads_of(eyes, [family_id]).get(family_id, ""),
        "sorts": [one for one in book().sorts.values() if one.about in wanted],
        "closed": {
            one.name: workflow(one.workflow).closed_on(_opening(one), today())
            for one in book().sorts.values()
        },
        "rows": [_line(one, eyes, {}, crossed) for one in listed],
        "moves": reverse("area_move_new", args=[found.id]) if _may_move(found, viewer) else "",
        "tabs": tabs(viewer, ""),
    }
    if found is not None:
        record("proposals_seen", by=viewer, family_id=found.id, area=found.area)
    return render(request, "corrections/choose.html", context)


def _may_move(found: believed.Family | None, viewer: Viewer) -> bool:
    """Whether the viewer can propose that the family moved to another area of this service."""
    opening = next(one for one in workflow(AREA_MOVE).steps.values() if one.opens)
    if found is None or not viewer.may(opening.verb):
        return False
    moving = Item.objects.filter(kind=AREA_MOVE, family_id=found.id, closed_on=None)
    return not moving.exists()


def _opening(sort: Sort) -> Any:
    return next(one for one in workflow(sort.workflow).steps.values() if one.opens)


def _family(family_id: str, viewer: Viewer) -> believed.Family:
    found = believed.family(family_id, viewer) if len(family_id) <= LONGEST_ID else None
    if found is None:
        raise Http404
    return found


@for_whom("propose")
@sensitive_post_parameters()
def new(request: HttpRequest, sort: str, family_id: str = "") -> HttpResponse:
    """`/usul/baru/<sort>/[<family>/]`: the form; `?siapa=` whom, `?bagian=` section, `?orang=` how
    many new people."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    asked = book().sorts.get(sort)
    if asked is None or (asked.about == REGISTER) != (family_id == ""):
        raise Http404
    found = _family(family_id, viewer) if family_id else None
    gone = left(family_id, viewer) is not None
    if gone and request.method == "GET":
        return redirect("family", family_id)
    eyes = shown.eyes_of(viewer, request.release)  # type: ignore[attr-defined]
    about = _about(request, asked, found, eyes)
    context = _whom(about, eyes) | {"sort": asked, "family": found, "about": about}
    if not about.ready:
        return render(request, "corrections/whom.html", context)
    more = "tambah" in request.POST
    form = (
        ProposalForm(about, viewer, initial=request.POST.dict())
        if more
        else ProposalForm(about, viewer, *_posted(request))
    )
    if request.method == "POST" and form.is_valid():
        done = _propose(request, about, form)
        if done is not None:
            return done
    if not gone:
        _again(request, form)
    _now(form, about, eyes)
    context |= {
        "form": form,
        "areas": list(area_options(viewer.language, (viewer.area or "")[:4]))
        if {"to_area", "from_area"} & set(asked.asks) or _has_areas(form)
        else [],
        "values": next((name for name, one in book().sorts.items() if "value" in one.asks), ""),
        "window": workflow(asked.workflow).closed_on(_opening(asked), today()),
    }
    wrong = form.is_bound and bool(form.errors)
    return render(request, "corrections/new.html", context, status=422 if wrong else 200)


def _again(request: HttpRequest, form: ProposalForm) -> None:
    """A page that comes back has lost the files that were chosen: say so where they go."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    lost = say("web_corrections.file_again", viewer.language)
    for name in request.FILES:
        if name in form.fields and not form.is_bound:
            form.fields[name].help_text = lost
        elif name in form.fields and name not in form.errors:
            form.add_error(name, lost)


def _has_areas(form: ProposalForm) -> bool:
    return any(column.type == "area" for column in form.values.values())


def _posted(request: HttpRequest) -> tuple[Any, ...]:
    """The data of a form that was sent; nothing of one that is only asked for."""
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _about(request: HttpRequest, sort: Sort, found: believed.Family | None, eyes: Any) -> About:
    who = request.GET.get("siapa", "")[:LONGEST_ID]
    living = {one["person_id"] for one in found.living} if found is not None else set()
    person = who if who in living else ""
    many = request.POST.get("orang") or request.GET.get("orang") or ""
    people = min(int(many), book().most) if many.isdecimal() and int(many) else 1
    if "tambah" in request.POST:
        people = min(people + 1, book().most)
    names = shown.names_of(eyes, (one["person_id"] for one in found.people)) if found else {}
    section = request.GET.get("bagian", "")
    entity = PERSON if person else FAMILY
    known = {name for name, _ in sections_of(entity, eyes.viewer)}
    return About(
        sort=sort,
        family=found,
        person_id=person,
        section=section if section in known else "",
        people=people,
        names=names,
        payees=_payees(sort, found, person),
        records=_records(sort, person, eyes),
        whom_said=bool(who == FAMILY_ITSELF or person),
    )


def _payees(sort: Sort, found: believed.Family | None, person: str) -> tuple[str, ...]:
    if "payee" not in sort.asks or found is None:
        return ()
    running = payees.paid_to(found.id)
    paid = {piece.payee for piece in running}
    if sort.about == PERSON and (person not in paid or not running):
        return ()
    return tuple(payees.candidates(found, today(), without=person))


def _records(sort: Sort, person: str, eyes: Any) -> tuple[tuple[str, str], ...]:
    return tuple(rulings.told(person, eyes)) if sort.records and person else ()


def _whom(about: About, eyes: Any) -> dict[str, Any]:
    """What the page says of whom it is about, and the ways to choose that."""
    family = about.family
    return {
        "head": shown.heads_of(eyes, [family.id]).get(family.id, "") if family else "",
        "person": (about.names or {}).get(about.person_id, ""),
        "members": [
            (one["person_id"], (about.names or {}).get(one["person_id"], "–"))
            for one in (family.living if family else ())
        ],
        "sections": sections_of(about.entity, eyes.viewer),
        "tabs": tabs(eyes.viewer, ""),
    }


def _now(form: ProposalForm, about: About, eyes: Any) -> None:
    """What stands in the register now, beside each field."""
    for key, column in form.values.items():
        assert about.family is not None
        text = about.family.text(about.entity_id, column.name)
        form.now[key] = shown.word(eyes, text, column)


def _propose(request: HttpRequest, about: About, form: ProposalForm) -> HttpResponse | None:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    said = form.cleaned_data
    try:
        item = actions.propose(
            about,
            said["said"],
            by=viewer,
            on=said["on"],
            reason=said["reason"],
            document=said["document"],
            files=brought(said),
            taken_on=said.get("taken_on"),
            place=said.get("place", ""),
        )
    except Refusal as refusal:
        record("work_refused", by=viewer, about={"why": refusal.key})
        form.add_error(None, refusal.words(viewer.language))
        return None
    except Refused as refused:
        form.add_error(None, refused.words(viewer.language))
        return None
    messages.success(request, saved(item, viewer))
    return redirect("proposal", item.pk)


@for_whom(*VERBS, *READERS)
def proposal(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/usul/<id>/`: what is proposed, what stands against it, who did what, what can be done."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = _proposal(number)
    actions.seen(found.item, by=viewer)
    eyes = shown.eyes_of(viewer, request.release)  # type: ignore[attr-defined]
    view = shown.View(found, eyes)
    context = standing(found.item, viewer) | {
        "view": view,
        "said_why": found.item.steps.order_by("n").values_list("reason", flat=True).first(),
        "head": shown.heads_of(eyes, [found.item.family_id]).get(found.item.family_id, ""),
        "evidence": evidence.of(found.item) if evidence.may_see(viewer) else [],
        "tabs": tabs(viewer, ""),
        "batch": found.item.parent,
        "has_numbers": viewer.may("reveal") and any(True for _ in whole(view)),
        "proof": Proof(viewer=viewer) if view.undecided and viewer.may("propose") else None,
        "paid_after": paid_after(view),
    }
    return render(request, "corrections/proposal.html", context)


@for_whom("propose")
@require_POST
def prove(request: HttpRequest, number: UUID) -> HttpResponse:
    """Add evidence to a proposal: the verifier asked for more, or a letter came later."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = _proposal(number)
    back = reverse("proposal", args=[found.pk])
    form = Proof(request.POST, request.FILES, viewer=viewer)
    try:
        said = form.cleaned_data if form.is_valid() else {}
        actions.prove(
            found.item,
            brought(said),
            by=viewer,
            taken_on=said.get("taken_on"),
            place=said.get("place", ""),
        )
    except Refusal as refusal:
        return refuse(request, refusal, back)
    except Refused as refused:
        messages.error(request, refused.words(viewer.language))
        return redirect(back)
    messages.success(request, say("web_corrections.proof_kept", viewer.language))
    return redirect(back)


def _proposal(number: UUID) -> Proposal:
    found = Proposal.objects.select_related("item", "item__parent").filter(pk=number).first()
    if found is None:
        raise Http404
    return found


@for_whom(*VERBS)
@require_POST
def step(request: HttpRequest, number: UUID) -> HttpResponse:
    """Take a step of one proposal."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = _proposal(number)
    back = reverse("proposal", args=[found.pk])
    version = request.POST.get("versi", "")
    try:
        item = actions.take(
            found.item,
            request.POST.get("langkah", ""),
            by=viewer,
            version=int(version) if version.isdecimal() and len(version) < 9 else -1,
            reason=request.POST.get("alasan", "").strip()[:LONGEST_TEXT],
            document=request.POST.get("dokumen", "").strip()[:200],
        )
    except Refusal as refusal:
        return refuse(request, refusal, back)
    messages.success(request, saved(item, viewer))
    return redirect(back)
