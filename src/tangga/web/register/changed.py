"""What changed between a release and the one before it, as its page shows it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from tangga import texts
from tangga.texts import Language
from tangga.web.dashboard.places import inside
from tangga.web.dashboard.words import label, unknown
from tangga.web.database.scope import Scope
from tangga.web.pack import area_name, areas
from tangga.web.register import queries

KINDS = ("came", "went", "moved", "left", "decile", "rung", "id")
CODES = {"decile": "decile", "rung": "rung"}
PLACES = ("came", "went", "moved", "left")
"""Kinds whose before and after are areas."""

A_PAGE = 100


@dataclass(frozen=True)
class Asked:
    """An area of a release, and of what the page is told."""

    number: int
    area: str
    day: date
    language: Language

    @property
    def bounds(self) -> tuple[str, str]:
        return Scope(self.area).bounds


def overview(asked: Asked) -> dict[str, Any]:
    """Counts by kind and by the areas inside, and the reasons of each kind."""
    low, high = asked.bounds
    found = queries.counts(asked.number, low, high, _digits(asked.area))
    table: dict[str, dict[str, int]] = defaultdict(dict)
    for row in found:
        table[row["place"]][row["kind"]] = row["many"]
    whole = {kind: sum(each.get(kind, 0) for each in table.values()) for kind in KINDS}
    why: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in queries.reasons(asked.number, low, high):
        why[row["kind"]].append((reason(row["reason"], asked), row["many"]))
    return {
        "kinds": [kind for kind in KINDS if whole[kind]],
        "whole": whole,
        "table": [(_place(code, asked), code, each) for code, each in sorted(table.items())],
        "why": dict(why),
        "has_inside": asked.area in inside(),
    }


def listed(asked: Asked, kind: str, number: int) -> dict[str, Any]:
    """One page of the families of a kind, each with before, after and the reason."""
    low, high = asked.bounds
    skip = (number - 1) * A_PAGE
    found = queries.changes(asked.number, low, high, kind, most=A_PAGE + 1, skip=skip)
    rows = [
        row
        | {
            "place": area_name(row["area"], asked.language),
            "was": _value(kind, row["before"], asked),
            "is": _value(kind, row["after"], asked),
            "why": reason(row["reason"], asked),
        }
        for row in found[:A_PAGE]
    ]
    return {"rows": rows, "more": len(found) > A_PAGE}


def reason(said: str | None, asked: Asked) -> str:
    """`event:death` in words; what nobody wrote down is said to be so."""
    if said is None:
        return texts.say("web_releases.no_reason", asked.language)
    sort, _, code = said.partition(":")
    own = f"web_releases.{sort}_{code}"
    if own in texts.catalogue():
        return texts.say(own, asked.language)
    words = label(sort, code, asked.language, asked.day)
    key = f"web_releases.by_{sort}"
    return texts.say(key, asked.language, what=words) if key in texts.catalogue() else words


def _value(kind: str, value: str | None, asked: Asked) -> str:
    if value is None:
        return unknown(CODES[kind], asked.language) if kind in CODES else ""
    if kind in CODES:
        return label(CODES[kind], value, asked.language, asked.day)
    return area_name(value, asked.language) if value in areas().by_code else value


def _digits(area: str) -> int:
    """How long the codes of the areas just inside are; the own one where there are none."""
    first = inside().get(area)
    return len(first[0]) if first else len(area)


def _place(code: str, asked: Asked) -> str:
    if code == asked.area or code not in areas().by_code:
        return texts.say("web_releases.elsewhere", asked.language)
    return area_name(code, asked.language)
