"""Papers that somebody fills in for a family: a form made of what the kind asks for.

Name, address and number come from the register and are not typed. A kind says `by_hand = true`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from tangga.texts import Language, say
from tangga.web.appeals.whom import Whom, head
from tangga.web.papers.issue import issue
from tangga.web.papers.kinds import Asked, Kind, kinds
from tangga.web.papers.making import form_key
from tangga.web.policy.book import book
from tangga.web.programmes import spells
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs
from tangga.web.widgets import DayInput

LONGEST = {"long": 1000, "lines": 3000}
PROGRAMMES, OBJECT_BY = "programmes", "object_by"


def forms_for(viewer: Viewer) -> list[Kind]:
    """The kinds that the viewer may fill in for a family."""
    by_hand = (one for one in kinds().values() if one.by_hand)
    return [one for one in by_hand if _may(viewer, one)]


def _may(viewer: Viewer, kind: Kind) -> bool:
    return viewer.has_one_of(*kind.verbs) and viewer.sight(kind.sees) == "full"


class PaperForm(forms.Form):
    """A field for each thing that a kind asks for and the register does not say."""

    def __init__(self, *args: Any, kind: Kind, whom: Whom, language: Language, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kind, self.known = kind, _known(whom)
        for name, asked in kind.asks.items():
            if asked.type != "identifier" and not self.known.get(name):
                self.fields[name] = _field(asked)
                self.fields[name].label = asked.labels[language]
        if PROGRAMMES in kind.asks and whom.family_id:
            self.fields[PROGRAMMES].initial = "; ".join(_running(whom.family_id))

    def about(self) -> dict[str, Any]:
        """What the paper says: of the register, and as it was filled in."""
        said = {name: self.known.get(name) for name in self.kind.asks}
        said |= {
            name: _plain(self.kind.asks[name], text) for name, text in self.cleaned_data.items()
        }
        return {name: text for name, text in said.items() if text not in (None, "", [])}


def _known(whom: Whom) -> dict[str, str]:
    return {"name": whom.name, "address": whom.address, "nik": whom.nik}


def _running(family_id: str) -> list[str]:
    found = (one.kind.programme for one in spells.running(family_id=family_id))
    return [book().label(one, "id") for one in dict.fromkeys(found)]


def _field(asked: Asked) -> forms.Field:
    required = not asked.optional
    match asked.type:
        case "day":
            widget = DayInput()
            first = _object_by if asked.name == OBJECT_BY else today
            return forms.DateField(required=required, widget=widget, initial=first)
        case "number" | "whole" | "rupiah":
            return forms.IntegerField(required=required, min_value=0)
        case "long" | "lines":
            area = forms.Textarea({"rows": 3})
            return forms.CharField(required=required, max_length=LONGEST[asked.type], widget=area)
    return forms.CharField(required=required, max_length=200)


def _object_by() -> date:
    """The last day to object to what is told today."""
    return today() + timedelta(days=int(book().policy.on(today()).notice.says["object_days"]))


def _plain(asked: Asked, text: Any) -> Any:
    if asked.type == "lines":
        return [said for line in str(text).splitlines() if (said := " ".join(line.split()))]
    return " ".join(text.split()) if isinstance(text, str) else text


@needs("families", delegated=True)
@require_http_methods(["GET", "POST"])
@sensitive_variables()
def for_family(request: HttpRequest, family_id: str, name: str) -> HttpResponse:
    """`/surat/keluarga/<family>/<kind>/`: fill in one paper for a family, and number it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    kind = kinds().get(name)
    if kind is None or not kind.by_hand or request.release is None:  # type: ignore[attr-defined]
        raise Http404("no such paper")
    if not _may(viewer, kind):
        raise PermissionDenied(name)
    whom = head(family_id)
    if whom is None:
        raise Http404("no such family")
    form = PaperForm(request.POST or None, kind=kind, whom=whom, language=viewer.language)
    key = form_key(request)
    if request.method == "POST" and form.is_valid():
        about = form.about()
        try:
            issue(kind.code, by=viewer, area=whom.area, about=about, family_id=family_id, pk=key)
        except IntegrityError:
            return redirect("paper", key)  # the form was sent twice: its paper is there
        messages.success(request, say("web_papers.to_sign", viewer.language))
        return redirect("paper", key)
    context = {"kind": kind, "form": form, "whom": whom, "family": family_id, "key": key}
    context["back"] = reverse("family", args=[family_id])
    status = 422 if form.is_bound else 200
    return render(request, "papers/by_hand.html", context, status=status)
