"""Forms of what happened in a place, and of goods that were handed out."""

from __future__ import annotations

from typing import Any

from django import forms

from tangga.texts import Language, say
from tangga.web.journeys.visits.wanted import Record
from tangga.web.pack import area_name, areas, code_label
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.widgets import DayInput

VILLAGE_DIGITS = 10
LONGEST = 2000


class RecordForm(forms.Form):
    """Something that happened: where, when, what."""

    area = forms.ChoiceField()
    happened_on = forms.DateField(input_formats=["%Y-%m-%d"])
    shock = forms.ChoiceField(required=False)
    topic = forms.ChoiceField(required=False)
    words = forms.CharField(max_length=LONGEST, required=False, widget=forms.Textarea({"rows": 4}))

    def __init__(self, *args: Any, record: Record, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Language = viewer.language
        self.fields["happened_on"].widget = DayInput({"max": today().isoformat()})
        self.fields["happened_on"].initial = today()
        self._choices("area", _villages(viewer))
        self._choices("shock", [(c, code_label("shock", c, language)) for c in record.shocks])
        topics = [(code, words[language]) for code, words in record.topics.items()]
        self._choices("topic", topics)
        for name, field in self.fields.items():
            field.label = say(f"web_visits.record_{name}", language)
            field.error_messages["required"] = say("web_visits.wrong_missing", language)

    def _choices(self, name: str, pairs: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        if not pairs:
            del self.fields[name]
            return
        field.choices = pairs if len(pairs) == 1 else [("", "–"), *pairs]
        field.required = True


def _villages(viewer: Viewer) -> list[tuple[str, str]]:
    """The villages of the viewer's area, those of one district together."""
    own = viewer.area or ""
    if len(own) == VILLAGE_DIGITS:
        return [(own, area_name(own, viewer.language))]
    found = areas().under(own, "village") if own else []
    return [
        (code, f"{area_name(code[:6], viewer.language)} · {area_name(code, viewer.language)}")
        for code in found
    ]


class HandedForm(forms.Form):
    """Goods handed to one family."""

    goods = forms.CharField(max_length=120)
    amount = forms.DecimalField(min_value=0, max_digits=12, decimal_places=2, localize=True)
    unit = forms.CharField(max_length=30)
    receipt = forms.CharField(max_length=100)
    on_date = forms.DateField(input_formats=["%Y-%m-%d"])

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on_date"].widget = DayInput({"max": today().isoformat()})
        self.fields["on_date"].initial = today()
        for name, field in self.fields.items():
            field.label = say(f"web_visits.handed_{name}", viewer.language)
            field.error_messages["required"] = say("web_visits.wrong_missing", viewer.language)
