"""The form of a new token."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator

from tangga.texts import Language, say
from tangga.web.access import access
from tangga.web.api.tokens import allowed_scopes
from tangga.web.viewer import Viewer

DAYS = (30, 90, 180, 365)


class TokenForm(forms.Form):
    """A name to tell it by, what it may do, and when it ends."""

    name = forms.CharField(max_length=80, validators=[ProhibitNullCharactersValidator()])
    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(coerce=int, initial=90)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = viewer.language
        for name, field in self.fields.items():
            field.label = say(f"web_api.field_{name}", language)
            field.error_messages |= {
                "required": say("web_api.required", language),
                "invalid_choice": say("web_api.invalid_choice", language),
            }
        self.fields["name"].help_text = say("web_api.field_name_hint", language)
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.fields["scopes"].choices = _scopes(viewer, language)
        self.fields["days"].choices = [
            (days, say("web_api.days", language, days=days)) for days in DAYS
        ]


def _scopes(viewer: Viewer, language: Language) -> list[tuple[str, str]]:
    verbs = access().verbs
    return [(scope, verbs[scope].labels[language]) for scope in allowed_scopes(viewer)]
