"""Chances, effects and distances in plain words: "about 7 in 10", "lowers it by about 9 %"."""

from __future__ import annotations

from datetime import date
from math import expm1

from tangga.engine.explain.words import Words, about, words
from tangga.engine.welfare.model import POINTS, Effect
from tangga.engine.welfare.spec import Feature
from tangga.texts import LANGUAGES, long_date, number

SELDOM = 0.05
"""A chance below this, or as near to certain, is not said in tenths."""
LEAST = 0.01
"""A change below this (one per cent) is hardly any."""
TENTHS = 10
TRUTH = {"true": "rank_yes", "false": "rank_no"}
KINDS = ("consumption", "income")


def chance(share: float) -> Words:
    """A chance from 0 to 1: about 7 in 10."""
    if share < SELDOM:
        return words("rank_seldom")
    if share > 1 - SELDOM:
        return words("rank_nearly_always")
    return words("rank_tenths", n=tenths(share))


def tenths(share: float) -> int:
    """A chance in whole tenths, never 0 or 10."""
    return min(TENTHS - 1, max(1, round(TENTHS * share)))


def outcome(kind: str) -> Words:
    """What is modelled: spending or income per person."""
    return words(f"rank_{kind if kind in KINDS else KINDS[0]}")


def change(points: int, log: bool) -> float:
    """Points as a change of the outcome: a share of it (logarithms), or in its unit."""
    return expm1(points / POINTS) if log else points / POINTS


def size(points: int, log: bool) -> Words:
    """The size of a change, without its direction: 9 %, or 35.000."""
    found = abs(change(points, log))
    if not log:
        return about(found)
    if found < LEAST:
        return words("rank_below_one")
    return words("rank_percent", n=round(100 * found))


def hardly(points: int, log: bool, scale: int) -> bool:
    """Whether a change is hardly any; scale: points of the whole outcome, where not of a log."""
    return abs(change(points, log)) < LEAST if log else abs(points) < LEAST * abs(scale)


def effect_words(effect: Effect, value: Words | None, beside: int, log: bool, small: bool) -> Words:
    """What a fact does to the estimate, or what its being not known does."""
    if small:
        told = words("rank_hardly")
    else:
        told = words("rank_more" if beside > 0 else "rank_less", size=size(beside, log))
    if value is not None:
        return told
    if effect.missing is None:
        return words("rank_needed")
    # With the effect of the average family there is nothing to tell but the loss of certainty.
    own = effect.feature.missing == "own"
    return words("rank_not_answered", effect=told) if own else words("rank_as_average")


def day_words(day: date) -> Words:
    """A day as it is written in letters."""
    return Words(*(long_date(day, language) for language in LANGUAGES))


def label_of(feature: Feature) -> Words:
    """What a feature is called; its name where nobody named it."""
    return Words(*(feature.labels.get(language, feature.name) for language in LANGUAGES))


def value_of(feature: Feature, value: str | float) -> Words:
    """A value as it stands in a file, in words."""
    if isinstance(value, str):
        return words(TRUTH[value]) if value in TRUTH else Words.same(value)
    return number_words(value)


def number_words(value: float) -> Words:
    """A number with separators, and two decimals at most."""
    return Words(*(_number(value, language == "id") for language in LANGUAGES))


def _number(value: float, indonesian: bool) -> str:
    if value == int(value):
        return number(int(value), "id" if indonesian else "en")
    text = f"{value:,.2f}".rstrip("0")
    return text.translate(str.maketrans(",.", ".,")) if indonesian else text
