"""The pages of business groups: all of an area, a new one, one with all that is recorded of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tangga.registry.privacy import masked
from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.journeys.climb import group_forms, kube
from tangga.web.journeys.climb.criteria import word
from tangga.web.journeys.climb.forms import Labelled, potentials
from tangga.web.journeys.climb.group_rule import candidates, finding
from tangga.web.journeys.climb.models import Asset, Group, Member, Turnover
from tangga.web.journeys.climb.reading import read_family
from tangga.web.journeys.climb.views import viewer_of
from tangga.web.secrets import unseal
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item
from tangga.web.work.pages import address
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import item_of, refuse, saved, standing

FORMED = ("plan", "aid", "record")
"""Steps with a form of their own on the page."""


@needs("families")
def groups(request: HttpRequest) -> HttpResponse:
    """`/tangga/kelompok/`: the groups of the area, those with a check-up due first."""
    viewer = viewer_of(request)
    found = Group.objects.select_related("item", "potential").annotate(
        present=Count("members", filter=Q(members__left_on=None))
    )
    done = _check_ups_of([one.pk for one in found])
    rows = [
        {
            "group": one,
            "url": address(one.item),
            "state": workflow(kube.KIND).states[one.item.state].label(viewer.language),
            "due": [n for n, _, s in _check_ups(one, done) if s == "due"],
        }
        for one in found
    ]
    rows.sort(key=lambda row: (not row["due"], row["group"].item.closed, row["group"].name))
    context = {"rows": rows, "may": viewer.may("empower"), "form": None}
    if viewer.may("empower"):
        context["form"] = group_forms.GroupForm(viewer=viewer)
    return render(request, "climb/groups.html", context)


def _check_ups_of(ids: list[Any]) -> dict[Any, set[int]]:
    done: dict[Any, set[int]] = {}
    for item_id, month in Turnover.objects.filter(item_id__in=ids).values_list("item_id", "month"):
        done.setdefault(item_id, set()).add(month)
    return done


def _check_ups(group: Group, done: dict[Any, set[int]]) -> list[tuple[int, Any, str]]:
    over = group.item.state in ("dissolved",)
    return [] if over else kube.check_ups(group.aided_on, done.get(group.pk, set()), today())


@needs("empower")
@require_POST
def gather(request: HttpRequest) -> HttpResponse:
    """A new group of candidates."""
    viewer = viewer_of(request)
    form = group_forms.GroupForm(request.POST, viewer=viewer)
    if not form.is_valid():
        messages.error(request, form.said())
        return redirect("climb_groups")
    try:
        item = kube.gather(by=viewer, **form.cleaned_data)
    except Refusal as refusal:
        return refuse(request, refusal, request.path)
    messages.success(request, saved(item, viewer))
    return redirect(address(item))


@needs("families")
def group(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/tangga/kelompok/<id>/`: a group, its members, account, assets, turnover, potential."""
    viewer = viewer_of(request)
    item = item_of(request, number, kube.KIND)
    found = Group.objects.select_related("potential").filter(pk=item.pk).first()
    if found is None:
        raise Http404
    members = found.members.values_list("family_id", flat=True)
    about = {"item": item.number, "families": sorted(set(members))}
    record("group_seen", by=viewer, area=item.area, about=about)
    may = viewer.may("empower") and not item.closed
    shown = standing(item, viewer)
    return render(
        request,
        "climb/group.html",
        {
            **shown,
            "can": [(step, opens) for step, opens in shown["can"] if step.name not in FORMED],
            "steps": {step.name for step, _ in shown["can"]},
            "group": found,
            "life": _life(item, viewer),
            **_members(found, viewer),
            "account": _account(found, viewer),
            "assets": found.assets.all(),
            "turnovers": Turnover.objects.filter(item=item),
            "check_ups": _check_ups(found, _check_ups_of([found.pk])),
            "near": _near(found),
            "may": may,
            **(_forms(viewer, found) if may or viewer.may("determine") else {}),
        },
    )


def _life(item: Item, viewer: Viewer) -> list[tuple[str, str]]:
    """Each state of the life with where the group is: past, here, ahead."""
    names = list(workflow(kube.KIND).states)
    at = names.index(item.state)
    return [
        (
            workflow(kube.KIND).states[name].label(viewer.language),
            "here" if n == at else "past" if n < at and name != "stalled" else "",
        )
        for n, name in enumerate(names)
    ]


def _members(group: Group, viewer: Viewer) -> dict[str, Any]:
    """Each member with what the rule says, and whether the group stands."""
    named = viewer.sight("identity") == "full"
    found = candidates(group, viewer.language)
    stands = finding(group, found)
    rows = []
    for one in found:
        place = one.read.who(one.member.person_id) if one.read else None
        rows.append(
            {
                "row": one.member,
                "name": one.read.name_of(place)
                if named and one.read and place is not None
                else one.member.person_id,
                "answer": word(one.answer),
                "why": one.why,
            }
        )
    return {
        "members": rows,
        "left": group.members.exclude(left_on=None),
        "stands": None
        if stands is None
        else [(name, word(getattr(stands, name))) for name in ("size", "one_area", "members")],
    }


def _account(group: Group, viewer: Viewer) -> str:
    """The account, masked for everybody."""
    if group.account is None or viewer.sight("account") == "hidden":
        return ""
    return f"{masked('last4', unseal(bytes(group.account)))}, {group.bank}"


def _near(group: Group) -> list[Any]:
    """What the place has, with the group's own business first."""
    found = list(potentials(group.area))
    found.sort(key=lambda one: (one.business != group.business or not one.business, one.name))
    return found[:12]


def _forms(viewer: Viewer, group: Group) -> dict[str, Any]:
    return {
        "join_form": group_forms.JoinForm(viewer=viewer),
        "account_form": group_forms.AccountForm(viewer=viewer),
        "asset_form": group_forms.AssetForm(viewer=viewer, initial={"got_on": today()}),
        "turnover_form": group_forms.TurnoverForm(viewer=viewer),
        "leave_form": group_forms.LeaveForm(viewer=viewer),
        "plan_form": group_forms.PlanForm(
            viewer=viewer,
            area=group.area,
            initial={"text": group.plan, "cost": group.plan_cost, "potential": group.potential},
        ),
        "aid_form": group_forms.AidForm(viewer=viewer),
    }


# --- what is posted -----------------------------------------------------------------------------


@needs("families")
@require_POST
def change(request: HttpRequest, number: UUID, what: str) -> HttpResponse:
    """One change of a group: a member, the account, an asset, the turnover, the plan, the aid."""
    viewer = viewer_of(request)
    item = item_of(request, number, kube.KIND)
    do = CHANGES.get(what)
    if do is None:
        raise Http404
    said = request.POST.get("versi", "")
    version = int(said) if said.isdecimal() else -1
    try:
        wrong = do(request, item, viewer, version)
    except Refusal as refusal:
        return refuse(request, refusal, address(item))
    if wrong:
        messages.error(request, wrong)
    else:
        messages.success(request, say("web_climb.saved", viewer.language))
    return redirect(address(item))


Change = Callable[[HttpRequest, Item, Viewer, int], str]


def _join(request: HttpRequest, item: Item, viewer: Viewer, version: int) -> str:
    form = group_forms.JoinForm(request.POST, viewer=viewer)
    if not form.is_valid():
        return form.said()
    family_id = form.cleaned_data["family_id"].strip()
    read = read_family(family_id)
    person = request.POST.get("person_id") or (read.own.get("head_person_id") if read else "")
    kube.join(
        item,
        family_id=family_id,
        person_id=str(person or ""),
        role=form.cleaned_data["role"],
        by=viewer,
        version=version,
    )
    return ""


@needs("empower")
@require_POST
def join_from_family(request: HttpRequest, family_id: str) -> HttpResponse:
    """A member of a family into a group that was chosen on the family's page."""
    viewer = viewer_of(request)
    chosen, _, version = request.POST.get("kelompok", "").partition(":")
    try:
        item = item_of(request, UUID(chosen), kube.KIND)
    except ValueError:
        raise Http404 from None
    role = request.POST.get("role", "")
    if role not in dict(group_forms.coded("group_role", viewer.language, empty=False)):
        raise Http404
    try:
        kube.join(
            item,
            family_id=family_id,
            person_id=request.POST.get("person_id", "")[:40],
            role=role,
            by=viewer,
            version=int(version) if version.isdecimal() else -1,
        )
    except Refusal as refusal:
        return refuse(request, refusal, reverse("climb_family", args=[family_id]))
    messages.success(request, say("web_climb.saved", viewer.language))
    return redirect(address(item))


def _member(request: HttpRequest, item: Item) -> Member:
    found = Member.objects.filter(pk=_uuid(request), group_id=item.pk, left_on=None).first()
    if found is None:
        raise Http404
    return found


def _uuid(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("id", ""))
    except ValueError:
        raise Http404 from None


def _leave(request: HttpRequest, item: Item, viewer: Viewer, version: int) -> str:
    form = group_forms.LeaveForm(request.POST, viewer=viewer)
    if not form.is_valid():
        return form.said()
    member = _member(request, item)
    kube.leave(item, member, why=form.cleaned_data["why"], by=viewer, version=version)
    return ""


def _role(request: HttpRequest, item: Item, viewer: Viewer, version: int) -> str:
    known = dict(group_forms.coded("group_role", viewer.language, empty=False))
    role = request.POST.get("role", "")
    if role not in known:
        raise Http404
    kube.role(item, _member(request, item), role=role, by=viewer, version=version)
    return ""


def _gone(request: HttpRequest, item: Item, viewer: Viewer, version: int) -> str:
    found = Asset.objects.filter(pk=_uuid(request), group_id=item.pk).first()
    if found is None:
        raise Http404
    document = request.POST.get("dokumen", "")[:200]
    kube.gone(item, found, document=document, by=viewer, version=version)
    return ""


def _by_form(form: type[Labelled], act: Callable[..., Any], area: bool = False) -> Change:
    """A change whose form says all that the act needs."""

    def do(request: HttpRequest, item: Item, viewer: Viewer, version: int) -> str:
        more = {"area": item.area} if area else {}
        said = form(request.POST, viewer=viewer, **more)
        if not said.is_valid():
            return said.said()
        act(item, by=viewer, version=version, **said.cleaned_data)
        return ""

    return do


CHANGES: dict[str, Change] = {
    "anggota": _join,
    "keluar": _leave,
    "jabatan": _role,
    "rekening": _by_form(group_forms.AccountForm, kube.account),
    "aset": _by_form(group_forms.AssetForm, kube.asset),
    "aset-hilang": _gone,
    "omzet": _by_form(group_forms.TurnoverForm, kube.turnover),
    "rencana": _by_form(group_forms.PlanForm, kube.plan, area=True),
    "bantuan": _by_form(group_forms.AidForm, kube.aid),
}
