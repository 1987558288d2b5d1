"""What waits for whom, a plain page of an item, its steps, and delegations."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tangga.texts import say
from tangga.web.access import access
from tangga.web.audit.actions import record
from tangga.web.jinja import language_of
from tangga.web.paging import pager
from tangga.web.today import today
from tangga.web.viewer import Viewer, for_account, needs
from tangga.web.widgets import DayInput
from tangga.web.work import actions, delegations, queries
from tangga.web.work.kinds import workflow, workflows
from tangga.web.work.models import Delegation, Item
from tangga.web.work.pages import address, only_there
from tangga.web.work.parts import parts_of
from tangga.web.work.refusals import Refusal

A_PAGE = 50
LONGEST_TEXT = 2000


@for_account
def tasks(request: HttpRequest) -> HttpResponse:
    """`/tugas/`: what waits for the viewer, due first; `?jenis=`: of one kind."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    kind = request.GET.get("jenis", "")
    kinds = [kind] if kind in workflows() else []
    page = Paginator(queries.waiting(viewer, kinds), A_PAGE).get_page(request.GET.get("hal"))
    context = {
        "rows": [row(item, viewer) for item in page.object_list],
        "count": page.paginator.count,
        "pager": pager(page, jenis=kind),
        "kind": kind,
        "kinds": _kinds(viewer),
        "parts": list(parts_of(viewer)),
    }
    return render(request, "work/tasks.html", context)


def row(item: Item, viewer: Viewer) -> dict[str, Any]:
    """What lists of items show of one."""
    flow = workflow(item.kind)
    state = flow.states[item.state]
    late = None if item.due is None or item.closed else (today() - item.due).days
    return {
        "item": item,
        "url": address(item),
        "kind": flow.label(viewer.language),
        "state": state.label(viewer.language),
        "late": late,
        "waits_for": _verb(state.waits_for, viewer),
    }


def _kinds(viewer: Viewer) -> list[tuple[str, str]]:
    waiting = set(queries.waiting(viewer).order_by().values_list("kind", flat=True).distinct())
    return [(k, flow.label(viewer.language)) for k, flow in workflows().items() if k in waiting]


def _verb(verb: str, viewer: Viewer) -> str:
    known = access().verbs.get(verb)
    return known.labels[viewer.language] if known else ""


def item_of(request: HttpRequest, number: UUID | str, kind: str = "") -> Item:
    """An item that the viewer may see; Http404 otherwise, and for one of another kind."""
    found = Item.objects.filter(pk=number).first()
    if found is None or (kind and found.kind != kind):
        raise Http404
    return found


def standing(item: Item, viewer: Viewer) -> dict[str, Any]:
    """What `work/standing.html` needs: where an item is, what can be done, what was done."""
    flow = workflow(item.kind)
    return {
        "item": item,
        "flow": flow,
        "shown": row(item, viewer),
        "can": actions.steps_for(item, viewer),
        "taken": [
            {
                "step": flow.steps[one.step].label(viewer.language)
                if one.step in flow.steps
                else "",
                "to": flow.states[one.to_state].label(viewer.language),
                "role": _role(one.role, viewer),
                "row": one,
            }
            for one in queries.history(item)
        ],
    }


def _role(code: str, viewer: Viewer) -> str:
    role = access().roles.get(code)
    return role.label(viewer.language) if role else code


@for_account
def item(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/tugas/<id>/`: where an item stands; a kind with a page of its own is opened there."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = item_of(request, number)
    own = address(found)
    if own != reverse("work_item", args=[found.pk]):
        return redirect(own)
    record("item_seen", by=viewer, family_id=found.family_id or None, area=found.area)
    return render(request, "work/item.html", standing(found, viewer))


@for_account
@require_POST
def step(request: HttpRequest, number: UUID) -> HttpResponse:
    """Take a step that needs nothing but a reason or the number of a document."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = item_of(request, number)
    if only_there(found.kind, request.POST.get("langkah", "")):
        record("work_refused", by=viewer, area=found.area, about={"why": "own_page"})
        raise Http404
    version = request.POST.get("versi", "")
    try:
        found = actions.take(
            found,
            request.POST.get("langkah", ""),
            by=viewer,
            version=int(version) if version.isdecimal() else -1,
            reason=request.POST.get("alasan", "").strip()[:LONGEST_TEXT],
            document=request.POST.get("dokumen", "").strip()[:200],
        )
    except Refusal as refusal:
        return refuse(request, refusal, address(found))
    messages.success(request, saved(found, viewer))
    return redirect(address(found))


def saved(item: Item, viewer: Viewer) -> str:
    """What is said after a step: the number, and where the item is now."""
    state = workflow(item.kind).states[item.state].label(viewer.language)
    return say("work.done", viewer.language, number=item.number, state=state)


def refuse(request: HttpRequest, refusal: Refusal, back: str) -> HttpResponse:
    """Say why a step was not taken, note that it was tried, and go back."""
    record("work_refused", by=request.viewer, about={"why": refusal.key})  # type: ignore[attr-defined]
    messages.error(request, refusal.words(language_of(request)))
    return redirect(back)


def say_at_field(request: HttpRequest, form: forms.Form, refusal: Refusal) -> None:
    """Say in the form why something was not taken in, at the field that it is about, and note that
    it was tried: what was typed stays."""
    record("work_refused", by=request.viewer, about={"why": refusal.key})  # type: ignore[attr-defined]
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, refusal.words(language_of(request)))


class DelegationForm(forms.Form):
    """A delegation. The labels are those of the language of the viewer."""

    verb = forms.ChoiceField()
    to = forms.CharField(max_length=150)
    document = forms.CharField(max_length=200, required=False)
    reason = forms.CharField(max_length=500, required=False)
    valid_from = forms.DateField(widget=DayInput())
    valid_to = forms.DateField(widget=DayInput())

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(verb, _verb(verb, viewer)) for verb in delegations.may_delegate(viewer)]
        self.fields["verb"].choices = choices  # type: ignore[attr-defined]
        for name, text in (
            ("verb", "verb"),
            ("to", "to_account"),
            ("document", "warrant"),
            ("reason", "reason"),
            ("valid_from", "from_day"),
            ("valid_to", "to_day"),
        ):
            self.fields[name].label = say(f"work.{text}", viewer.language)
        self.fields["to"].help_text = say("work.to_account_help", viewer.language)
        self.fields["document"].help_text = say("work.warrant_help", viewer.language)
        self.language = viewer.language

    def clean_to(self) -> int:
        """The account's id."""
        from tangga.web.accounts.models import User

        found = User.objects.filter(username=self.cleaned_data["to"], is_active=True).first()
        if found is None:
            raise forms.ValidationError(say("work.no_account", self.language))
        return int(found.pk)


@needs("delegate")
def delegation_list(request: HttpRequest) -> HttpResponse:
    """`/tugas/pelimpahan/`: what was delegated in the area, and delegating."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = DelegationForm(request.POST or None, viewer=viewer, initial={"valid_from": today()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            delegations.delegate(
                verb=said["verb"],
                to_user=said["to"],
                document=said["document"],
                reason=said["reason"],
                valid_from=said["valid_from"],
                valid_to=said["valid_to"],
                by=viewer,
            )
        except Refusal as refusal:
            return refuse(request, refusal, reverse("delegations"))
        messages.success(request, say("work.delegated", viewer.language))
        return redirect("delegations")
    shown = [
        {
            "row": one,
            "verb": _verb(one.verb, viewer),
            "mine": one.from_user_id == viewer.user.pk,
            "in_force": _in_force(one, today()),
        }
        for one in Delegation.objects.all()[:200]
    ]
    return render(request, "work/delegations.html", {"form": form, "shown": shown})


def _in_force(one: Delegation, day: date) -> bool:
    return one.revoked_on is None and one.valid_from <= day < one.valid_to


@needs("delegate")
@require_POST
def revoke(request: HttpRequest, number: UUID) -> HttpResponse:
    """End a delegation."""
    found = Delegation.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    try:
        delegations.revoke(found, by=request.viewer)  # type: ignore[attr-defined]
    except Refusal as refusal:
        return refuse(request, refusal, reverse("delegations"))
    return redirect("delegations")
