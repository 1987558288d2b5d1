"""Who may see a value: the privacy class of its column against the audience.

The classes follow UU 27/2022 (PDP): financial and health data are *specific* personal data.
What pays out (payee, account, card) is apart from what a family earns or gets: only those who
reconcile payments read it whole. Case data is narrower still: only the case team reads it.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tangga.registry.model import Column

Privacy = Literal["open", "personal", "identity", "financial", "account", "sensitive", "case"]
Audience = Literal["log", "public", "evidence", "subject", "village", "officer", "payer", "case"]
Sight = Literal["full", "masked", "hidden"]

PRIVACY_LABELS: dict[str, tuple[str, str]] = {
    "open": ("terbuka", "open"),
    "personal": ("pribadi", "personal"),
    "identity": ("jati diri", "identity"),
    "financial": ("keuangan", "financial"),
    "account": ("rekening", "account"),
    "sensitive": ("peka", "sensitive"),
    "case": ("kasus", "case"),
}
"""Each class, narrowest last, with its word in Indonesian and English."""

AUDIENCE_LABELS: dict[str, tuple[str, str]] = {
    "log": ("catatan program", "the program's log"),
    "public": ("umum", "the public"),
    "evidence": ("bukti penautan", "evidence shown to a clerk"),
    "subject": ("yang bersangkutan", "the person concerned, after proof"),
    "village": ("desa dan pilar sosial", "village and social workers"),
    "officer": ("dinas", "officers of the dinas"),
    "payer": ("petugas penyaluran", "officers who reconcile payments"),
    "case": ("tim kasus", "the case team"),
}
"""Each audience with its words in Indonesian and English."""

SIGHT: dict[str, dict[str, Sight]] = {
    "log": {"open": "full"},
    "public": {"open": "full"},
    "evidence": {
        "open": "full", "personal": "full", "identity": "masked",
    },
    "subject": {
        "open": "full", "personal": "full", "identity": "full", "financial": "full",
        "account": "masked", "sensitive": "full",
    },
    "village": {
        "open": "full", "personal": "full", "identity": "full", "financial": "full",
        "account": "masked",
    },
    "officer": {
        "open": "full", "personal": "full", "identity": "full", "financial": "full",
        "account": "masked", "sensitive": "full",
    },
    "payer": {
        "open": "full", "personal": "full", "identity": "full", "financial": "full",
        "account": "full",
    },
    "case": {
        "open": "full", "personal": "full", "identity": "full", "sensitive": "full",
        "case": "full",
    },
}  # fmt: skip
"""What each audience sees of each class; a class that is not named is hidden."""

MASKS = ("last4", "initials", "year", "hidden")
"""Ways to show part of a value; `hidden` shows nothing."""

DEFAULT_MASK = {"identifier": "last4", "date": "year"}


def sight(privacy: str, audience: str) -> Sight:
    """Whether an audience sees a class in full, masked or not at all; KeyError if unknown."""
    if privacy not in PRIVACY_LABELS:
        raise KeyError(privacy)
    return SIGHT[audience].get(privacy, "hidden")


STRICTNESS = ("full", "masked", "hidden")


def stricter(first: str, second: str) -> str:
    """Of two classes the second, where the first shows as much or more to every audience; else the
    first. What those who pay and the case team see besides is not weighed: they are few."""
    looser = all(
        STRICTNESS.index(sight(first, audience)) <= STRICTNESS.index(sight(second, audience))
        for audience in AUDIENCE_LABELS
        if audience not in ("case", "payer")
    )
    return second if looser else first


def mask(column: Column, value: object, audience: str) -> object:
    """The value as this audience may see it; None where it may not.

    A masked number shows its last four signs, a name its initials, a date its year.
    """
    seen = sight(column.privacy, audience)
    if value is None or seen == "hidden":
        return None
    return value if seen == "full" else masked(column.mask, value)


def masked(way: str, value: object) -> str | None:
    """Part of a value, in one of the ways of `MASKS`."""
    if way == "last4":
        return _last4(str(value))
    if way == "initials":
        return " ".join(f"{word[0]}***" for word in str(value).split()) or None
    if way == "year" and isinstance(value, date):
        return f"{value.year:04d}-**-**"
    return None


def _last4(text: str) -> str:
    """The last four signs of a number of at least eight; a shorter one shows nothing."""
    shown = text[-4:] if len(text) >= 8 else ""
    return "*" * (len(text) - len(shown)) + shown
