"""What is asked before a copy is handed over, and before an account is looked into."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from tangga import texts
from tangga.web.today import today
from tangga.web.widgets import DayInput

PROOFS = ("ktp", "kk", "certificate", "guardian", "attorney")
LONGEST_PERIOD = timedelta(days=370)
SHORTEST_REASON = 15


class CopyForm(forms.Form):
    """How the person proved who they are, and when they asked."""

    proof = forms.ChoiceField()
    asked_on = forms.DateField(widget=DayInput())

    def __init__(self, *args: Any, language: texts.Language = "id", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language
        said = [(one, texts.say(f"web_privacy.proof_{one}", language)) for one in PROOFS]
        self.fields["proof"].choices = said
        self.fields["asked_on"].initial = today
        for name, field in self.fields.items():
            field.label = texts.say(f"web_privacy.{name}", language)

    def clean_asked_on(self) -> Any:
        """Not after today."""
        day = self.cleaned_data["asked_on"]
        if day > today():
            raise forms.ValidationError(texts.say("web_privacy.in_the_future", self.language))
        return day

    @property
    def proof_words(self) -> str:
        """The proof as the letter says it."""
        return texts.say(f"web_privacy.proof_{self.cleaned_data['proof']}", "id")


class SawForm(forms.Form):
    """Which account, between which moments, and why it is asked."""

    account = forms.CharField(max_length=150)
    since = forms.DateTimeField(widget=forms.DateTimeInput({"type": "datetime-local"}))
    until = forms.DateTimeField(widget=forms.DateTimeInput({"type": "datetime-local"}))
    reason = forms.CharField(max_length=300, min_length=SHORTEST_REASON)

    def __init__(self, *args: Any, language: texts.Language = "id", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language
        for name, field in self.fields.items():
            field.label = texts.say(f"web_privacy.saw_{name}", language)
            if isinstance(field, forms.DateTimeField):
                field.input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"]

    def clean(self) -> dict[str, Any]:
        """A time that ends after it begins, and is not longer than a year."""
        said: dict[str, Any] = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until and not timedelta(0) < until - since <= LONGEST_PERIOD:
            raise forms.ValidationError(texts.say("web_privacy.no_such_time", self.language))
        return said

    @staticmethod
    def usual() -> dict[str, str]:
        """The last seven days."""
        now = timezone.localtime().replace(second=0, microsecond=0)
        since = (now - timedelta(days=7)).replace(hour=0, minute=0)
        return {"since": f"{since:%Y-%m-%dT%H:%M}", "until": f"{now:%Y-%m-%dT%H:%M}"}
