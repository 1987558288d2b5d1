"""What a clerk says of a pair."""

from __future__ import annotations

from typing import Any

from django import forms

from tangga.texts import Language, say
from tangga.web.duplicates.models import RULINGS
from tangga.web.reveal.permit import NUMBER

SHORTEST, LONGEST = 10, 500


class ReasonForm(forms.Form):
    """On what ground; words, and nobody's number among them."""

    reason = forms.CharField(
        min_length=SHORTEST, max_length=LONGEST, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *args: Any, language: Language = "id", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language
        field = self.fields["reason"]
        field.label = say("web_doubles.reason", language)
        field.help_text = say("web_doubles.reason_help", language)

    def clean_reason(self) -> str:
        """One line of words."""
        reason = " ".join(self.cleaned_data["reason"].split())
        if NUMBER.search(reason):
            raise forms.ValidationError(say("web_doubles.reason_number", self.language))
        return reason


class RulingForm(ReasonForm):
    """The ruling, and how many there were when the page was shown."""

    ruling = forms.ChoiceField(widget=forms.RadioSelect)
    n = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    field_order = ("ruling", "reason", "n")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ruling"]
        field.label = say("web_doubles.ruling", self.language)
        field.choices = [(one, say(f"web_doubles.{one}", self.language)) for one in RULINGS]
