"""The form by which a village endorses proposals."""

from __future__ import annotations

from typing import Any

from django import forms

from tangga.texts import say
from tangga.web.corrections import acts
from tangga.web.corrections.sorts import BASES, book
from tangga.web.pack import code_label
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.widgets import DayInput

LONGEST_TEXT, LONGEST_LIST = 1000, 5000


class Deliberation(forms.Form):
    """By what the village endorses: an act that is issued here, or one on paper and its scan."""

    basis = forms.ChoiceField(widget=forms.RadioSelect)
    held_on = forms.DateField(widget=DayInput())
    held_at = forms.CharField(max_length=200, required=False)
    chair = forms.CharField(max_length=200, required=False)
    present = forms.IntegerField(min_value=1, max_value=100_000, required=False)
    attendance = forms.CharField(
        max_length=LONGEST_LIST, required=False, widget=forms.Textarea({"rows": 4})
    )
    agenda = forms.CharField(
        max_length=LONGEST_TEXT, required=False, widget=forms.Textarea({"rows": 2})
    )
    why = forms.CharField(max_length=300, required=False)
    document = forms.CharField(max_length=200, required=False)
    minutes = forms.FileField(
        required=False, widget=forms.FileInput({"accept": "application/pdf,image/*"})
    )

    def __init__(self, *args: Any, viewer: Viewer, **more: Any) -> None:
        super().__init__(*args, **more)
        language = viewer.language
        listed = [(one, code_label(BASES, one, language)) for one in book().deliberation]
        self.fields["basis"].choices = listed  # type: ignore[attr-defined]
        self.fields["basis"].initial = listed[0][0]
        self.fields["held_on"].initial = today()
        self.language, self.signer = language, viewer.user.called
        for name, field in self.fields.items():
            field.label = say(f"web_corrections.deliberation_{name}", language)

    def clean(self) -> dict[str, Any]:
        """An act that is issued here says what its paper asks for."""
        said: dict[str, Any] = super().clean() or {}
        said["document"] = " ".join(str(said.get("document") or "").split())
        if not said["document"] and said.get("basis") and said.get("held_on"):
            for name in acts.lacking(said["basis"], self.act()):
                missing = say("web_corrections.act_lacks", self.language)
                self.add_error(name if name in self.fields else None, missing)
        return said

    def act(self) -> dict[str, Any]:
        """What the act of the chosen basis says, of what was filled in."""
        said = dict(self.cleaned_data)
        lines = str(said.get("attendance") or "").splitlines()
        said["attendance"] = [plain for one in lines if (plain := " ".join(one.split()))]
        if said.get("minutes"):
            said["attached"] = say("web_corrections.act_attached", acts.PAPER)
        said |= {"signer": self.signer, "checked_on": said.get("held_on")}
        return {name: said.get(name) for name in acts.asks(said["basis"])}

    def clean_held_on(self) -> Any:
        """A deliberation that is still to come endorses nothing."""
        day = self.cleaned_data["held_on"]
        if day > today():
            raise forms.ValidationError(say("web_corrections.day_range", self.language))
        return day
