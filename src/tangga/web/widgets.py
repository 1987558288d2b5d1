"""Fields of forms that stand on more than one page."""

from __future__ import annotations

from django import forms


class DayInput(forms.DateInput):
    """A day. A browser takes its value in one form only, whatever the language of the page."""

    input_type = "date"

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
