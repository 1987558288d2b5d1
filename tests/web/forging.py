"""Forms as a page shows them, to be sent as they are, sent again, or forged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

STEP, VERSION = "langkah", "versi"
FILLED = {"alasan": "Sudah dilihat langsung di tempat", "dokumen": "BA 7/2026"}


@dataclass
class Form:
    """One form of a page. values: what a browser would send of it without a button; needs: names
    that are still to be filled in; buttons: those with a name."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    needs: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def steps(self) -> list[str]:
        """The steps that can be taken by it."""
        return [value for name, value in self.buttons if name == STEP]

    def sent(self, step: str, **other: str) -> dict[str, str]:
        """What is sent by pressing the button of a step."""
        return {**self.values, **FILLED, STEP: step, **other}


class _Reader(HTMLParser):
    def __init__(self, at: str) -> None:
        super().__init__()
        self.at, self.forms, self.open, self.select = at, [], None, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("method", "").lower() == "post":
            self.open = Form(said.get("action") or self.at)
            self.forms.append(self.open)
        if self.open is None or not (name := said.get("name") or self.select):
            return
        if tag == "button" and "disabled" not in said:
            self.open.buttons.append((name, said.get("value", "")))
        elif tag == "input" and said.get("type") not in ("checkbox", "radio", "file"):
            self.open.values[name] = said.get("value", "")
        elif tag in ("textarea", "select"):
            self.open.values.setdefault(name, "")
            self.select = name if tag == "select" else ""
        elif tag == "option" and "selected" in said:
            self.open.values[self.select] = said.get("value", "")
        if "required" in said and not self.open.values.get(name):
            self.open.needs.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        if tag == "select":
            self.select = ""


def forms_at(client: Any, address: str) -> list[Form]:
    """The forms of a page; none where it cannot be opened."""
    answer = client.get(address, follow=True)
    if answer.status_code != 200:
        return []
    at = answer.redirect_chain[-1][0] if answer.redirect_chain else address
    reader = _Reader(at)
    reader.feed(answer.content.decode())
    return reader.forms


def told(answer: Any) -> str:
    """What the page after a form says on top, or in the form: words that somebody can act upon."""
    if answer.status_code == 302:
        answer = answer.client.get(answer["Location"])
    return " ".join(_told(answer.content.decode()))


def _told(text: str) -> Iterator[str]:
    for mark in ('role="status">', 'role="alert">', 'class="error"'):
        for part in text.split(mark)[1:]:
            yield part.partition("</p>")[0].rpartition(">")[2].strip()
