"""The *lembar keluarga*: one A4 to take along and to write on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tangga.web.family import home, support, tasks
from tangga.web.family import standing as stands
from tangga.web.family.eyes import Shown, as_date
from tangga.web.family.opening import Opened
from tangga.web.family.people import Member, chosen

LINES_OF_HOME = 14
SIZES = (("plain", 20), ("small", 29), ("smaller", 36))
"""Up to so many lines in each type; above, the smallest."""

BLANK_LINES = 2
TOLD = ("determined", "waiting")
MOST_QUESTIONS = 6


def told(opened: Opened, people: Sequence[Member]) -> dict[str, Any]:
    """The parts of the sheet. size: which type, by how much there is to print."""
    eyes, found, names, on = opened.eyes, opened.found, opened.names, opened.on
    living = [one for one in people if not one.dead]
    programmes = support.programmes(eyes, found, opened.household, on) if opened.personal else []
    shown = [(state, verdicts) for state, verdicts in programmes if state in TOLD]
    visit = tasks.visit(eyes, found["visit"], names)
    listed, asked = _programmes(shown), _questions(visit)
    return {
        "living": [(one, _short(one.born)) for one in living],
        "blank_lines": BLANK_LINES,
        "home": home.picked(eyes, opened.family, chosen()["sheet"]["home"]),
        "address": home.picked(eyes, opened.family, ("address", "rt", "rw")),
        "kk": eyes.show("families", opened.family, "kk", "family"),
        "standing": stands.standing(eyes, found, opened.household, on),
        "clock": stands.clock(eyes, found, on),
        "decile": (found["rank"] or {}).get("decile_official"),
        "decile_release": (found["rank"] or {}).get("decile_release"),
        "programmes": listed,
        "questions": asked,
        "visit": visit,
        "size": _size(len(living), len(listed), len(asked)),
    }


def _short(born: Shown) -> str:
    """A birth date in few signs: 16-05-1975."""
    day = as_date(born.raw) if born.state == "known" else None
    return born.text if day is None else f"{day:%d-%m-%Y}"


def _questions(visit: tasks.Visit | None) -> list[tuple[str, str]]:
    """The first questions of the next visit: more do not fit, and stand on the page."""
    each = [(whom, one) for whom, said in (visit.questions if visit else ()) for one in said]
    return each[:MOST_QUESTIONS]


def _programmes(
    groups: Sequence[tuple[str, Sequence[support.Verdict]]],
) -> list[tuple[str, str, int, str]]:
    """(programme, state, for how many persons, document): one line a programme and state."""
    found: dict[tuple[str, str], list[support.Given]] = {}
    for state, verdicts in groups:
        for one in verdicts:
            found.setdefault((one.label, state), []).extend(one.given)
    return [
        (label, state, sum(one.person_id is not None for one in given), given[0].document)
        for (label, state), given in found.items()
    ]


def _size(living: int, programmes: int, questions: int) -> str:
    """Which type lets it all stand on one page."""
    lines = 2 * living + max(programmes, LINES_OF_HOME) + questions
    return next((size for size, most in SIZES if lines <= most), "smallest")
