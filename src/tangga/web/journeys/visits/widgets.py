"""Fields of a long form, drawn directly: a template for each of ninety takes most of the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe


def _attributes(given: Mapping[str, Any]) -> str:
    """Attributes of a tag; True stands alone, False and None are left out."""
    said = []
    for name, value in given.items():
        if value is True:
            said.append(f" {name}")
        elif value is not None and value is not False:
            said.append(f' {name}="{escape(str(value))}"')
    return "".join(said)


class Choice(forms.Select):
    """One of some words. pairs: value and words, the first of them for nothing."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        super().__init__(choices=list(pairs))
        self.pairs = [(str(escape(value)), str(conditional_escape(w))) for value, w in pairs]

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The whole tag."""
        chosen = str(escape("" if value is None else str(value)))
        options = "".join(
            f'<option value="{one}"{" selected" if one == chosen else ""}>{words}</option>'
            for one, words in self.pairs
        )
        said = _attributes({**self.attrs, **(attrs or {})})
        tag = f'<select name="{escape(name)}"{said}>{options}</select>'
        # Words and codes of the pack are escaped when the pairs are made, the rest just above.
        return mark_safe(tag)  # nosec B308 B703


class Line(forms.TextInput):
    """One line of text, a number or a day."""

    def __init__(self, kind: str = "text", **attrs: Any) -> None:
        super().__init__(attrs)
        self.input_type = kind

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The whole tag."""
        said = _attributes({**self.attrs, **(attrs or {})})
        text = f' value="{escape(str(value))}"' if value not in (None, "") else ""
        tag = f'<input type="{self.input_type}" name="{escape(name)}"{text}{said}>'
        # Each part is escaped just above; the kind of field is a word of our forms.
        return mark_safe(tag)  # nosec B308 B703
