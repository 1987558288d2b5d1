"""Forms of a move: where to, since when, and that the family agreed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from tangga.texts import Language, say
from tangga.web.pack import area_name, areas
from tangga.web.today import today
from tangga.web.widgets import DayInput

LONGEST = 2000
REGENCY, DISTRICT, VILLAGE = "regency", "district", "village"
Group = tuple[str, list[tuple[str, str]]]


def regencies(language: Language) -> list[Group]:
    """Every regency and city of the country, by province."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, area in areas().by_code.items():
        if area.level == REGENCY:
            found.setdefault(area.parent or "", []).append((code, area.name))
    return [(area_name(above, language), sorted(each, key=_name)) for above, each in found.items()]


def villages(regency: str) -> list[Group]:
    """The villages of a regency, by district."""
    return list(_villages(regency))


def _villages(regency: str) -> Iterator[Group]:
    inside = [
        (code, area)
        for code, area in areas().by_code.items()
        if code.startswith(regency) and area.level == VILLAGE
    ]
    found: dict[str, list[tuple[str, str]]] = {}
    for code, area in inside:
        found.setdefault(area.parent or "", []).append((code, area.name))
    for above, each in found.items():
        yield area_name(above), sorted(each, key=_name)


def _name(choice: tuple[str, str]) -> str:
    return choice[1]


class MoveForm(forms.Form):
    """A move to a village of a chosen regency."""

    to_village = forms.ChoiceField()
    moved_on = forms.DateField(widget=DayInput())
    document = forms.CharField(max_length=200)
    words = forms.CharField(max_length=LONGEST, widget=forms.Textarea({"rows": 2}))
    consent_on = forms.DateField(widget=DayInput())
    consent_document = forms.CharField(max_length=200, required=False)

    def __init__(self, *args: Any, language: Language, regency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language
        self.fields["to_village"].choices = villages(regency)  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.label = say(f"web_care.move_{name}", language)
        self.fields["consent_on"].help_text = say("web_care.move_consent_help", language)

    def clean(self) -> dict[str, Any]:
        """No day to come."""
        said = super().clean() or {}
        for name in ("moved_on", "consent_on"):
            if said.get(name) and said[name] > today():
                self.add_error(name, say("web_care.not_to_come", self.language))
        return said
