"""The whole numbers that a proposal brings, once: to be compared with a card, or typed in above."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from tangga.registry.model import Column
from tangga.texts import say
from tangga.web.corrections import shown
from tangga.web.corrections.doors import VERBS, holds
from tangga.web.corrections.models import Proposal
from tangga.web.corrections.sorts import PERSON
from tangga.web.family.eyes import NUMBERED
from tangga.web.pack import pack
from tangga.web.reveal.permit import PermitForm, TooMany, permit
from tangga.web.viewer import Viewer, needs

CARD = "kk"


@needs("reveal", fresh=True)
@require_http_methods(["GET", "POST"])
@sensitive_variables()
def numbers(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/usul/<id>/nomor/`: asks for purpose and reason, then shows them on a page that says who
    asked; it counts as any other number that is shown."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    view = _view(request, viewer, number)
    form = PermitForm(request.POST or None, language=viewer.language)
    item = view.proposal.item
    about: dict[str, Any] = {
        "form": form,
        "item": item,
        "family_id": item.family_id,
        "name": item.number,
        "limit": viewer.limit("reveals_a_day"),
    }
    if not form.is_valid():
        return render(request, "reveal/ask.html", about)
    try:
        granted = permit(
            viewer,
            what="revealed",
            family_id=item.family_id or None,
            person_id=item.person_id or None,
            area=item.area,
            about={"item": item.number},
            **form.cleaned_data,
        )
    except TooMany:
        return render(request, "reveal/too_many.html", about, status=403)
    told = {"permit": granted, "numbers": list(whole(view))}
    return render(request, "corrections/numbers.html", about | told)


def _view(request: HttpRequest, viewer: Viewer, number: UUID) -> shown.View:
    """A proposal that brings a number, which the viewer has a part in; Http404 for any other."""
    found = Proposal.objects.select_related("item").filter(pk=number).first()
    release = request.release  # type: ignore[attr-defined]
    if found is None or release is None or not holds(viewer, *VERBS):
        raise Http404
    view = shown.View(found, shown.eyes_of(viewer, release))
    if not any(True for _ in whole(view)):
        raise Http404
    return view


def whole(view: shown.View) -> Iterator[tuple[str, str, str]]:
    """(what, on record, proposed) of each number; '' where there is none."""
    language = view.language
    for one in view.said.changes:
        column = pack().tables[one.entity].columns[one.field]
        if _is_number(column):
            yield column.labels[language], one.before or "", one.after or ""
    columns = pack().tables[PERSON].columns
    for n, person in enumerate(view.said.people, start=1):
        whose = person.get("name") or say("web_corrections.part_person_n", language, n=n)
        for name, text in person.items():
            if name in columns and _is_number(columns[name]):
                yield f"{whose}: {columns[name].labels[language]}", "", text
    if view.said.words.get("card"):
        yield columns[CARD].labels[language], "", view.said.words["card"]


def _is_number(column: Column) -> bool:
    return column.type == "identifier" and column.privacy in NUMBERED
