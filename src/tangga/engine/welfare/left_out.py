"""What is said of the households that were left out: how many, why, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tangga import texts
from tangga.texts import Language

LeftOut = Mapping[str, Any]
"""`survey.LeftOut.as_dict()`, or that part of a report or model file read again."""


def why(reason: str, language: Language) -> str:
    """A reason in words."""
    return texts.say(f"left_out.{reason}", language)


def where(one: LeftOut, language: Language) -> str:
    """`baris 5, 9, …`: the first of them, by line of the file (or by record, where it has none)."""
    more = ["…"] if one["rows"] > len(one["lines"]) else []
    listed = ", ".join([*map(str, one["lines"]), *more])
    return texts.say(f"left_out.{one['counted']}", language, lines=listed)


def lines(left_out: Iterable[LeftOut], language: Language) -> list[str]:
    """One for each reason."""
    return [
        texts.say(
            "left_out.said",
            language,
            rows=one["rows"],
            reason=why(one["reason"], language),
            where=where(one, language),
        )
        for one in left_out
    ]
