"""What the public check says of a letter's own words, so that altered ones do not pass.

A code proves that a paper was issued, not that what is printed beside it is what was issued. A kind
of paper marks with `check` what whoever holds the code is shown of it, frozen with the content:
initials of a name, the last digits of a number, a fact as it stands, the last day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tangga.registry.privacy import masked

HOW = ("initials", "digits", "plain", "until", "before")
"""initials: of a name; digits: the last four of a number; plain: as it stands; until: the last day
on which it holds; before: the day on which it no longer does."""

DAYS = ("until", "before")
Shown = tuple[str, Mapping[str, str], str]
"""How, the labels, the text; '' for what the paper does not say."""


def shown_of(asks: Mapping[str, Any], about: Mapping[str, Any]) -> tuple[Shown, ...]:
    """What the check is to say of a paper. asks: of its kind; about: what it says."""
    return tuple(
        (one.check, one.labels, _text(one.check, about.get(name)))
        for name, one in asks.items()
        if one.check
    )


def _text(how: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if how in DAYS:
        last = value if how == "until" else value - timedelta(days=1)
        return str(last.isoformat())
    if how == "initials":
        return initials(str(value))
    return (masked("last4", str(value)) or "") if how == "digits" else str(value)


def initials(name: str) -> str:
    """Sari Wulandari as S… W…: how many words there are, and how each begins."""
    return " ".join(f"{word[0].upper()}…" for word in name.split())


def last_day(check: Sequence[Shown]) -> date | None:
    """The last day on which the paper holds; None: it does not say."""
    days = [date.fromisoformat(text) for how, _, text in check if how in DAYS and text]
    return min(days, default=None)


def facts(check: Sequence[Shown], language: str) -> Iterator[tuple[str, str]]:
    """Label and text of each; days stand apart."""
    for how, labels, text in check:
        if how not in DAYS:
            yield labels[language], text
