"""Forms of a check of support: opening it, what was found, and what would end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from tangga.texts import Language, say
from tangga.web.journeys.care.case_forms import listed
from tangga.web.journeys.care.holding import CLEARED, PROVED, UNKNOWN
from tangga.web.journeys.care.support import Support
from tangga.web.today import today
from tangga.web.widgets import DayInput

LONGEST = 2000


class RaiseForm(forms.Form):
    """A sign that contradicts running support, and about whom."""

    reason = forms.ChoiceField()
    person_id = forms.ChoiceField(required=False)
    words = forms.CharField(max_length=LONGEST, widget=forms.Textarea({"rows": 3}))

    def __init__(
        self,
        *args: Any,
        language: Language,
        members: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        whole = ("", say("web_care.whole_family", language))
        self.fields["reason"].choices = listed("removal_reason", language)  # type: ignore[attr-defined]
        self.fields["person_id"].choices = [whole, *members]  # type: ignore[attr-defined]
        for name, text in (("reason", "sign"), ("person_id", "about"), ("words", "what_was_seen")):
            self.fields[name].label = say(f"web_care.{text}", language)


class CheckForm(forms.Form):
    """What a check found. ends: the support that would end, of what runs."""

    finding = forms.ChoiceField(widget=forms.RadioSelect)
    ends = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    fact_on = forms.DateField(required=False, widget=DayInput())
    words = forms.CharField(max_length=LONGEST, widget=forms.Textarea({"rows": 3}))
    document = forms.CharField(required=False, max_length=200)

    def __init__(
        self,
        *args: Any,
        language: Language,
        support: Sequence[tuple[str, str]],
        death: bool,
        may_ask: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.language, self.death = language, death
        findings = (PROVED, CLEARED, *((UNKNOWN,) if may_ask else ()))
        self.fields["finding"].choices = [  # type: ignore[attr-defined]
            (one, say(f"web_care.finding_{one}", language)) for one in findings
        ]
        self.fields["ends"].choices = list(support)  # type: ignore[attr-defined]
        if death:
            del self.fields["ends"]
        else:
            del self.fields["fact_on"]
        for name, field in self.fields.items():
            field.label = say(f"web_care.check_{name}", language)
        self.fields["document"].help_text = say("web_care.check_document_help", language)

    def clean(self) -> dict[str, Any]:
        """What is proved says by which paper, and what would end or since when."""
        said = super().clean() or {}
        if said.get("finding") != PROVED:
            return said
        needed = ("document", "fact_on" if self.death else "ends")
        for name in needed:
            if name not in self.errors and not said.get(name):
                self.add_error(name, say("web_care.needed_to_prove", self.language))
        if said.get("fact_on") and said["fact_on"] > today():
            self.add_error("fact_on", say("web_care.not_to_come", self.language))
        return said

    @property
    def chosen(self) -> list[Support]:
        """The support that would end."""
        return [Support.chosen(one) for one in self.cleaned_data.get("ends") or ()]
