"""The clarification of a recipient: what they say to a sign, and what they pledge, as a paper.

For signs that end in a sanction there is one more chance: whether it was taken is told.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tangga.texts import Language, say
from tangga.web.journeys.care import guests, people
from tangga.web.journeys.care.holding import KIND
from tangga.web.pack import code_label
from tangga.web.papers.issue import issue
from tangga.web.papers.models import Paper
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs
from tangga.web.work.models import Item
from tangga.web.work.views import item_of

PAPER = "pernyataan_dan_klarifikasi"
VERBS = ("move_check", "move_propose", "move_decide")
ENDED = ("cleared", "restored")
LONGEST = 2000


class ClarifyForm(forms.Form):
    """What the recipient says, and what they pledge."""

    said = forms.CharField(max_length=LONGEST, widget=forms.Textarea({"rows": 2}))
    pledge = forms.CharField(max_length=LONGEST, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, language: Language, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = say(f"web_care.clarify_{name}", language)


def is_sanction(reason: str) -> bool:
    """Whether support that ends for this reason ends by a sanction."""
    return reason in book().policy.on(today()).setting("exits").says["sanctioned"]


def chance_taken(item: Item) -> Item | None:
    """An earlier check of the family for the same reason that ended well after a clarification."""
    before = Item.objects.filter(
        kind=KIND,
        family_id=item.family_id,
        check_of__reason=item.check_of.reason,
        state__in=ENDED,
        papers__kind=PAPER,
    ).exclude(pk=item.pk)
    return before.order_by("-closed_on").first()


def form_for(item: Item, viewer: Viewer) -> ClarifyForm | None:
    """None where the viewer does not clarify, or nothing is to be clarified any more."""
    if item.closed or item.state == "stopped" or not is_sanction(item.check_of.reason):
        return None
    if not any(viewer.may(one) for one in VERBS) or viewer.sight("sensitive") != "full":
        return None
    return ClarifyForm(language=viewer.language)


@needs("families")
@require_POST
def clarify(request: HttpRequest, number: UUID) -> HttpResponse:
    """Issue the paper; who clarifies signs it, with the recipient and the head of the office."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = item_of(request, number, KIND)
    if form_for(item, viewer) is None:
        raise Http404
    form = ClarifyForm(request.POST, language=viewer.language)
    if not form.is_valid():
        messages.error(request, say("web_care.not_whole", viewer.language))
        return redirect("tangguh_case", item.pk)
    paper = _issued(item, form.cleaned_data, viewer)
    messages.success(request, say("web_care.issued", viewer.language, number=paper.number))
    return redirect("tangguh_case", item.pk)


def _issued(item: Item, said: dict[str, str], by: Viewer) -> Paper:
    with guests.reading(item.family_id, by):
        row = people.family(item.family_id) or {}
        whom = item.person_id or str(row.get("head_person_id") or "")
        named = people.whole(whom) or {}
    about = {
        "name": named.get("name") or item.family_id,
        "address": row.get("address") or "–",
        "on_day": today(),
        "signal": code_label("removal_reason", item.check_of.reason, "id"),
        **said,
    }
    return issue(
        PAPER,
        by=by,
        area=item.area,
        about=about,
        item=item,
        family_id=item.family_id,
        person_id=item.person_id or None,
    )
