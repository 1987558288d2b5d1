"""The pages of a worker, one beside the other."""

from __future__ import annotations

from django.urls import reverse

from tangga.texts import say
from tangga.web.viewer import Viewer

PAGES = (
    ("visits", "visit", "title"),
    ("visit_records", "visit", "tab_records"),
    ("visit_sheets", "visit", "tab_sheets"),
    ("visits_year", "visit", "tab_year"),
)
"""Each page: name of its URL, the verb it needs, its text."""


def tabs(viewer: Viewer, here: str) -> list[tuple[str, str, bool]]:
    """(address, label, whether it is this one) of those that the viewer opens."""
    return [
        (reverse(name), say(f"web_visits.{text}", viewer.language), name == here)
        for name, verb, text in PAGES
        if viewer.may(verb)
    ]
