"""Files of a form as evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from tangga.texts import say
from tangga.web.viewer import Viewer
from tangga.web.widgets import DayInput

PHOTO, DOCUMENT = "photo", "document"


class Proof(forms.Form):
    """More evidence for a proposal that was made."""

    photo = forms.FileField(required=False)
    paper = forms.FileField(required=False)
    taken_on = forms.DateField(required=False)
    place = forms.CharField(max_length=60, required=False)

    def __init__(self, *args: Any, viewer: Viewer, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["photo"].widget = file_input("image/*")
        self.fields["paper"].widget = file_input("application/pdf,image/*")
        self.fields["taken_on"].widget = DayInput()
        for name, field in self.fields.items():
            field.label = say(f"web_corrections.field_{name}", viewer.language)
            field.help_text = say(f"web_corrections.field_{name}_help", viewer.language)


def brought(cleaned: Mapping[str, Any]) -> Iterator[tuple[str, UploadedFile]]:
    """(photo or document, file) of each that a form brought."""
    for name, kind in (("photo", PHOTO), ("paper", DOCUMENT)):
        if cleaned.get(name):
            yield kind, cleaned[name]


def file_input(accepted: str) -> forms.FileInput:
    """A field for one file; accepted: what the browser offers first. What it is is told by its
    content alone, when it has come."""
    return forms.FileInput({"accept": accepted})
