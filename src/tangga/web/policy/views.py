"""The rules in words, from the files themselves: read once a process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tangga.rules.policy import RANK, Move
from tangga.texts import Language
from tangga.web.database.rows import one
from tangga.web.jinja import language_of
from tangga.web.pack import code_label, pack
from tangga.web.policy import drawing
from tangga.web.policy.book import book
from tangga.web.policy.describe import Described, Describer
from tangga.web.policy.settings_words import settings_parts
from tangga.web.viewer import needs

RELEASE = """
SELECT r.number, r.release, r.as_of, (r.manifest -> 'policy')::text AS policy
FROM public.register_current AS c JOIN public.register_releases AS r USING (number)
"""
RUNGS = "rung"
PAGES = (
    ("policy", "nav_overview"),
    ("policy_ladder", "nav_ladder"),
    ("policy_settings", "nav_settings"),
    ("policy_signals", "nav_signals"),
)
"""The pages of the rules beside those of the programmes: URL name, text."""


@dataclass(frozen=True)
class Listed:
    """A programme in the overview."""

    id: str
    label: str
    unit: str
    focus: str
    determined_by: str
    level: str
    packages: tuple[str, ...]
    rule: Described


def _shared(request: HttpRequest, here: str) -> tuple[Describer, dict[str, Any]]:
    """The rules on the day of the release in force, and what each page says of them."""
    release = one(RELEASE)
    request.release = release
    day = release["as_of"] if release else date.today()
    describer = _describer(language_of(request), day)
    said = {"policy": json.loads(release["policy"] or "{}")} if release else {}
    return describer, {
        "day": day,
        "pages": [(name, describer.say(text), name == here) for name, text in PAGES],
        "same": book().decided_by(said),
        "hash": book().policy.hash(),
        "overlays": [folder.name for folder in book().overlays],
        "unread": book().unread,
        "programmes": _programmes(describer.language, day),
        "has_release": release is not None,
    }


@lru_cache(maxsize=8)
def _describer(language: Language, day: date) -> Describer:
    return Describer(book(), language, day)


@lru_cache(maxsize=8)
def _programmes(language: Language, day: date) -> tuple[Listed, ...]:
    describer = _describer(language, day)
    found = [_listed(describer, id_) for id_ in book().policy.programmes]
    return tuple(sorted(found, key=lambda one: one.label))


def _listed(describer: Describer, id_: str) -> Listed:
    programme = book().policy.programmes[id_]
    language = describer.language
    return Listed(
        id=id_,
        label=programme.labels[language],
        unit=describer.say(f"unit_{programme.unit}"),
        focus=code_label("focus", programme.focus, language),
        determined_by=code_label("determiner", programme.determined_by, language),
        level=describer.say(f"level_{programme.area}"),
        packages=tuple(code_label(RUNGS, rung, language) for rung in programme.packages),
        rule=describer.rule(programme, "programme"),
    )


@needs("policy")
def overview(request: HttpRequest) -> HttpResponse:
    """`/kebijakan/`: what is decided, since when, and on what it rests."""
    describer, shared = _shared(request, "policy")
    return render(
        request, "policy/overview.html", shared | _ladder(describer.language, shared["day"])
    )


@needs("policy")
def programme(request: HttpRequest, programme: str) -> HttpResponse:
    """`/kebijakan/program/<id>/`: a programme with every version, and its examples."""
    _, shared = _shared(request, "")
    found = next((one for one in shared["programmes"] if one.id == programme), None)
    if found is None:
        raise Http404
    return render(request, "policy/programme.html", shared | {"programme": found})


@needs("policy")
def ladder(request: HttpRequest) -> HttpResponse:
    """`/kebijakan/tangga/`: the moves from rung to rung."""
    describer, shared = _shared(request, "policy_ladder")
    return render(
        request, "policy/ladder.html", shared | _ladder(describer.language, shared["day"])
    )


@lru_cache(maxsize=8)
def _ladder(language: Language, day: date) -> dict[str, Any]:
    describer = _describer(language, day)
    moves = list(book().policy.moves.values())
    of_families = [one for one in moves if not one.track]
    between = [one for one in of_families if one.to]
    rungs = pack().codes[RUNGS].codes if RUNGS in pack().codes else {}
    labels = {code: one.labels[language] for code, one in rungs.items()}
    up = drawing.levels(between, list(rungs))
    said = "; ".join(f"{n}. {one.labels[language]}" for n, one in enumerate(between, 1))
    cap = book().policy.settings["cap"].on(day) if "cap" in book().policy.settings else None
    return {
        "picture": drawing.ladder(between, labels, describer.say("picture", moves=said), up),
        "numbers": {one.id: n for n, one in enumerate(between, 1)},
        "moves": [(one, describer.rule(one, "move"), _from(one, labels)) for one in of_families],
        "tracks": [
            (one, describer.rule(one, "move"), code_label("track", one.track, language))
            for one in moves
            if one.track
        ],
        "rung_labels": labels,
        "cap": cap,
        "cap_state": describer.state(cap.period) if cap else "",
    }


def _from(move: Move, labels: Mapping[str, str]) -> str:
    return ", ".join(labels.get(rung, "–") for rung in move.from_rungs)


@needs("policy")
def settings_page(request: HttpRequest) -> HttpResponse:
    """`/kebijakan/pengaturan/`: the clock, the cap, notice, classes, exits, payee, facts."""
    describer, shared = _shared(request, "policy_settings")
    return render(
        request, "policy/settings.html", shared | _settings(describer.language, shared["day"])
    )


@lru_cache(maxsize=8)
def _settings(language: Language, day: date) -> dict[str, Any]:
    describer = _describer(language, day)
    return {
        "parts": tuple(settings_parts(describer, full=True)),
        "others": tuple(settings_parts(describer, full=False)),
        "choices": [describer.rule(one, "") for one in book().policy.choices.values()],
        "examples": tuple(describer.examples("facts")),
    }


@needs("policy")
def signals(request: HttpRequest) -> HttpResponse:
    """`/kebijakan/tanda/`: what opens a check, of running support and of a rank."""
    describer, shared = _shared(request, "policy_signals")
    return render(
        request, "policy/signals.html", shared | _signals(describer.language, shared["day"])
    )


@lru_cache(maxsize=8)
def _signals(language: Language, day: date) -> dict[str, Any]:
    describer = _describer(language, day)
    held = book().policy.signals.values()
    told = [(one, describer.rule(one, "signal")) for one in held]
    return {
        "of_support": [pair for pair in told if pair[0].about != RANK],
        "of_rank": [pair for pair in told if pair[0].about == RANK],
    }
