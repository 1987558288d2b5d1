"""Asking the case team to look at somebody: for who visits, and at the counter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tangga.texts import say
from tangga.web.counter.register import note
from tangga.web.journeys.care import guests, people, rehabilitation
from tangga.web.journeys.care.case_forms import WordsForm
from tangga.web.journeys.care.case_views import person_here
from tangga.web.viewer import Viewer, needs
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import refuse

VERBS = ("visit", "counter")


class AskForm(WordsForm):
    """About whom, and why."""

    person_id = forms.ChoiceField()
    field_order = ("person_id", "words")

    def __init__(self, *args: Any, members: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = members  # type: ignore[attr-defined]
        self.fields["person_id"].label = say("web_care.person", kwargs["language"])


@needs(*VERBS)
def ask(request: HttpRequest, family_id: str) -> HttpResponse:
    """`/rehabilitasi/minta/<family>/`: the answer is the same whether there is a file or not."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    with guests.reading(family_id, viewer):
        rows = people.members(family_id) if people.family(family_id) else []
    members = [(one["person_id"], people.shown(one.get("name"), viewer)) for one in rows]
    if not members:
        raise Http404
    form = AskForm(request.POST or None, language=viewer.language, members=members)
    back = reverse("family", args=[family_id])
    if request.method == "POST" and form.is_valid():
        found = person_here(form.cleaned_data["person_id"], viewer)
        if found is None:
            raise Http404
        try:
            rehabilitation.ask_for(found, words=form.cleaned_data["words"], by=viewer)
            if viewer.may("counter"):
                # The register of the counter has a line of it, which says of nobody.
                note(by=viewer, service="case")
        except Refusal as refusal:
            return refuse(request, refusal, back)
        messages.success(request, say("web_care.asked_for", viewer.language))
        return redirect(back)
    return render(request, "care/ask.html", {"form": form, "family_id": family_id})
