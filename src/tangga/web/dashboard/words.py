"""Keys of figures and filters in words: codes of the pack, of its policy, or of the service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from tangga import texts
from tangga.texts import Language
from tangga.web.lists.bands import band_label, settings
from tangga.web.lists.definitions import UNKNOWN, Filter
from tangga.web.pack import code_label, pack
from tangga.web.policy.book import book

OWN = ("stands", "ready", "visit_why", "pace", "place")
"""Lists of codes that the service itself puts into words: web_codes.LIST_CODE."""


def key_label(filter: Filter, key: str, language: Language, day: date) -> str:
    """One key of a filter in words; the key itself where nobody has words for it."""
    if key == UNKNOWN:
        return unknown(filter.codes, language)
    if filter.bands:
        return band_label(filter.bands, key, language, day)
    return label(filter.codes, key, language, day)


def label(codes: str, key: str, language: Language, day: date) -> str:
    """A code of a list of codes in words."""
    if codes == "decile":
        return texts.say("web_codes.decile", language, decile=key)
    if "." in codes:
        name = f"{codes}_{key}"
        return texts.say(name, language) if name in texts.catalogue() else key
    if codes in OWN:
        return _own(f"{codes}_{key}", key, language)
    known = POLICY[codes](day) if codes in POLICY else {}
    if key in known:
        return known[key][language]
    said = code_label(codes, key, language)
    return _own(f"{codes}_{key}", key, language) if said == key else said


def unknown(codes: str, language: Language) -> str:
    """What it means that a key is not known: nobody ranked a family, it stands on no rung."""
    return _own(f"unknown_{codes}", texts.say("web.unknown", language), language)


def _own(name: str, otherwise: str, language: Language) -> str:
    key = f"web_codes.{name}"
    return texts.say(key, language) if key in texts.catalogue() else otherwise


Labels = Mapping[str, Mapping[str, str]]


@cache
def _moves(_day: date) -> Labels:
    return {name: move.labels for name, move in book().policy.moves.items()}


@cache
def _measures(day: date) -> Labels:
    return _listed("pilar", "measure", day)


@cache
def _outcomes(day: date) -> Labels:
    return _listed("outcomes", "measure", day)


def _listed(name: str, key: str, day: date) -> Labels:
    listed: Any = settings(name, day).get(key, ())
    return {one["id"]: one["labels"] for one in listed}


POLICY: Mapping[str, Callable[[date], Labels]] = {
    "move": _moves,
    "measure": _measures,
    "outcome_measure": _outcomes,
}
"""Codes that the policy puts into words, not a list of the pack."""


def in_order(codes: str) -> list[str]:
    """The codes of a list of the pack, in its order; none where the pack has no such list."""
    listed = pack().codes.get(codes)
    return list(listed.codes) if listed else []
