"""The parts of the work that have pages of their own: the way to them from `/tugas/`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from tangga.texts import say
from tangga.web.viewer import Viewer

PARTS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("visits", ("visit",), "web_visits.title"),
    ("visit_records", ("visit", "assign"), "web_visits.records_title"),
    ("programmes", ("programmes",), "web_programmes.title"),
    (
        "programmes_complaints",
        ("counter", "appeals_check", "appeals_decide"),
        "web_programmes.complaints",
    ),
    ("counter", ("counter",), "web_counter.title"),
    (
        "appeals",
        ("appeals_take", "appeals_check", "appeals_decide", "endorse"),
        "web_appeals.title",
    ),
    ("plan", ("figures",), "web_plans.plan"),
    ("simulations", ("simulate",), "web_plans.simulations"),
    (
        "proposals",
        ("propose", "endorse", "verify", "recommend", "sign", "send_up"),
        "web_corrections.nav",
    ),
    ("climb", ("move_propose", "move_check", "move_decide", "empower"), "web_climb.title"),
    ("delegations", ("delegate",), "work.delegations"),
    ("papers", ("papers", "sign", "determine", "endorse", "audit"), "web_papers.title"),
    ("paper_reports", ("papers", "visit", "assign", "rounds"), "web_papers.make_report"),
    ("doubles", ("duplicates",), "web_doubles.title"),
    ("privacy", ("subject", "audit"), "web_privacy.title"),
    ("case_files", ("case",), "web_care.nav"),
    ("area_moves", ("verify", "move_decide", "propose"), "web_care.moves_nav"),
    ("tangguh_list", ("move_check", "move_decide", "move_propose"), "web_care.checks_nav"),
)
"""Of each: its URL's name, the verbs of which one is needed, its text (and TEXT_lead)."""


def parts_of(viewer: Viewer) -> Iterator[dict[str, Any]]:
    """What a viewer may open."""
    for name, verbs, text in PARTS:
        if any(viewer.may(verb) for verb in verbs):
            yield {
                "url": reverse(name),
                "label": say(text, viewer.language),
                "lead": say(f"{text}_lead", viewer.language),
            }
