"""Forms of the ladder; choices come from the pack and from what a place has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from tangga.rules.days import months_before
from tangga.rules.on_date import OnDate
from tangga.texts import say
from tangga.web.journeys.climb.models import Line, Potential
from tangga.web.journeys.climb.reading import Reading
from tangga.web.journeys.climb.wanted import wanted
from tangga.web.viewer import Viewer
from tangga.web.widgets import DayInput

DAY = DayInput()


def extension_end(read: Reading) -> date:
    """The last day to which support can be extended today."""
    return months_before(read.on, -int(read.rules.clock.says["extension_months"]))


def programmes(rules: OnDate, package: str) -> Iterator[tuple[str, str]]:
    """(id, unit) of the programmes that belong to a package, in the order of the rules."""
    for one, _ in rules.programmes.values():
        if package in one.packages:
            yield one.id, one.unit


def potentials(area: str) -> Any:
    """What a village has, and the district and regency around it."""
    around = [area[:digits] for digits in (4, 6, 10) if len(area) >= digits]
    found = Potential.objects.filter(gone=None)
    return found.filter(Q(area__in=around) | Q(area__startswith=area[:6]))


class Labelled(forms.Form):
    """A form whose labels are texts of `web_climb`, in the language of the viewer."""

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        for name, field in self.fields.items():
            field.label = say(f"web_climb.field_{name}", viewer.language)

    def said(self) -> str:
        """What is wrong, in one line."""
        each = (f"{self.fields[name].label}: {wrong[0]}" if name in self.fields else wrong[0]
                for name, wrong in self.errors.items())  # fmt: skip
        return "; ".join(each)


class LineForm(Labelled):
    """Who goes where, by when, resting on which potential."""

    person_id = forms.ChoiceField(required=False)
    programme = forms.ChoiceField()
    potential = forms.ModelChoiceField(Potential.objects.none(), required=False, empty_label="–")
    by_when = forms.DateField(required=False, widget=DAY)
    state = forms.ChoiceField()

    def __init__(self, *args: Any, viewer: Viewer, read: Reading, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        from tangga.web.policy.book import book

        language = viewer.language
        said = wanted()
        package = said.watch_package if read.rung == said.watched else said.package
        self.units = dict(programmes(read.rules, package))
        self._choices("programme", ((id_, book().label(id_, language)) for id_ in self.units))
        named = viewer.sight("identity") == "full"
        self._choices(
            "person_id",
            [("", say("web_climb.whole_family", language))]
            + [
                (row["person_id"], row.get("name") if named else row["person_id"])
                for row in read.people
            ],
        )
        self._choices(
            "state", ((one, say(f"web_climb.line_{one}", language)) for one in Line.STATES)
        )
        self.fields["potential"].queryset = potentials(read.area)  # type: ignore[attr-defined]
        self.fields["potential"].label_from_instance = lambda one: one.name  # type: ignore[attr-defined]

    def _choices(self, name: str, choices: Any) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A programme for a person names one; one for a family names none."""
        said = super().clean() or {}
        unit = self.units.get(said.get("programme", ""))
        if unit == "person" and not said.get("person_id"):
            self.add_error("person_id", say("web_climb.names_a_person", self.viewer.language))
        if unit == "family":
            said["person_id"] = ""
        return said
