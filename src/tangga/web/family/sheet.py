"""The *lembar keluarga*: one A4 to take along and to write on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tangga.web.family import home, support, tasks
from tangga.web.family import standing as stands
from tangga.web.family.opening import Opened
from tangga.web.family.people import Member, chosen

COMFORTABLE, TIGHT = 6, 10
"""Up to so many members the type is of full size, up to so many smaller, above smallest."""
BLANK_LINES = 2
TOLD = ("determined", "waiting")
MOST_QUESTIONS = 6


def told(opened: Opened, people: Sequence[Member]) -> dict[str, Any]:
    """The parts of the sheet. size: which type, by how much there is to print."""
    eyes, found, names, on = opened.eyes, opened.found, opened.names, opened.on
    living = [one for one in people if not one.dead]
    programmes = support.programmes(eyes, found, names, on) if opened.personal else []
    shown = [(state, verdicts) for state, verdicts in programmes if state in TOLD]
    visit = tasks.visit(eyes, found["visit"], names)
    return {
        "living": living,
        "blank_lines": BLANK_LINES,
        "home": home.picked(eyes, opened.family, chosen()["sheet"]["home"]),
        "address": home.picked(eyes, opened.family, ("address", "rt", "rw")),
        "kk": eyes.show("families", opened.family, "kk", "family"),
        "standing": stands.standing(eyes, found, names, on),
        "clock": stands.clock(eyes, found, on),
        "decile": (found["rank"] or {}).get("decile_official"),
        "decile_release": (found["rank"] or {}).get("decile_release"),
        "programmes": shown,
        "questions": _questions(visit),
        "visit": visit,
        "size": _size(living, shown),
    }


def _questions(visit: tasks.Visit | None) -> list[tuple[str, str]]:
    """The first questions of the next visit: more do not fit, and stand on the page."""
    each = [(whom, one) for whom, said in (visit.questions if visit else ()) for one in said]
    return each[:MOST_QUESTIONS]


def _size(living: Sequence[Member], shown: Sequence[tuple[str, Sequence[support.Verdict]]]) -> str:
    rows = len(living) + sum(len(verdicts) for _, verdicts in shown) / 2
    if rows <= COMFORTABLE + 3:
        return "plain"
    return "small" if rows <= TIGHT + 5 else "smallest"
