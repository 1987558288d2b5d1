"""What a counter asks; labels in the language of the viewer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField

from tangga.texts import Language, catalogue, say
from tangga.web.appeals import received, whom
from tangga.web.appeals.whom import Whom
from tangga.web.counter.desk import desk

LONGEST = 2000


class CounterForm(forms.Form):
    """Who of the family it is for. pressed: the field of which each choice is a button that sends
    the form, so that there is nothing to press besides; typed: where the cursor stands."""

    pressed = ""
    typed = ""
    person = forms.ChoiceField()

    def __init__(self, *args: Any, family_id: str, language: Language, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language
        self.fields["person"].choices = whom.choices(family_id, language)  # type: ignore[attr-defined]
        for name in self.fields:
            self.fields[name].label = say(f"web_counter.{name}", language)
            help_ = f"web_counter.{name}_help"
            self.fields[name].help_text = say(help_, language) if help_ in catalogue() else ""
        if self.typed:
            self.fields[self.typed].widget.attrs["autofocus"] = True

    def has_it(self, known: Whom) -> bool:
        """Whether they have already what is asked for, which the form then says."""
        return False

    @property
    def chosen(self) -> BoundField | None:
        """The field of which each choice is a button that sends the form."""
        return self[self.pressed] if self.pressed else None

    def hint(self, code: str) -> str:
        """What stands below a choice that is a button."""
        return ""

    @property
    def asked(self) -> list[BoundField]:
        """The fields to fill in."""
        return [field for field in self if field.name != self.pressed]


class ReactivationForm(CounterForm):
    """Why, the urgent reasons first."""

    pressed, typed = "reason", "facility"
    field_order = ("person", "facility", "paper", "reason")
    reason = forms.ChoiceField()
    facility = forms.CharField(max_length=120, required=False)
    paper = forms.FileField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = sorted(desk().reasons.values(), key=lambda one: not one.urgent)
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (one.code, one.label(self.language)) for one in reasons
        ]

    def has_it(self, known: Whom) -> bool:
        """Whether their contribution is paid already."""
        insured = desk().insurance
        return received.told(self, known.family_id, insured, self.language, known.person_id)

    def hint(self, code: str) -> str:
        """What is kept for it."""
        return desk().reasons[code].said("document", self.language)


class ComplaintForm(CounterForm):
    """What went wrong."""

    typed = "complaint"
    complaint = forms.CharField(max_length=LONGEST, widget=forms.Textarea({"rows": 4}))
    paper = forms.FileField(required=False)


class ReferralForm(CounterForm):
    """To which office, and for what."""

    pressed, typed = "to", "need"
    field_order = ("person", "need", "to")
    to = forms.ChoiceField()
    need = forms.CharField(max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (one.code, one.label(self.language)) for one in desk().referrals.values()
        ]

    def hint(self, code: str) -> str:
        """What the office helps with."""
        return desk().referrals[code].said("help", self.language)


class PhoneForm(CounterForm):
    """The telephone of who stands there."""

    typed = "telephone"
    telephone = forms.CharField(max_length=30)

    def clean_telephone(self) -> str:
        """Whether it is one at all."""
        number = str(self.cleaned_data["telephone"])
        if desk().telephone.tidied(number) is None:
            raise forms.ValidationError(say("web_counter.no_telephone", self.language))
        return number
