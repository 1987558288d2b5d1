"""Whether a name that somebody typed is the one on record: titles, capitals and one slip aside.

The number already holds the birth date, so the name is what the public check rests on: it must be
whole, word for word, and only a short form or one wrong letter in a long word is let pass.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tangga.web.pack import pack

FILE = "models/names.toml"
LONG = 5
"""Signs from which a word may have one letter wrong."""

NO_SIGN = re.compile(r"[^a-z ]")


@dataclass(frozen=True)
class Spelling:
    """How names are written. dropped: words that are no part of a name; short: form -> name."""

    dropped: frozenset[str]
    degrees: frozenset[str]
    short: Mapping[str, str]
    short_first: Mapping[str, str]


@cache
def spelling() -> Spelling:
    """Of the pack; without its file every word counts as it is written."""
    return read_spelling(pack().dir / FILE)


def read_spelling(file: Path) -> Spelling:
    """The titles and short forms that a pack's file of names lists."""
    said = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    titles, families = said.get("titles", {}), said.get("families", {})
    short = {form: name for name, one in families.items() for form in one.get("forms", ())}
    first = {form: name for name, one in families.items() for form in one.get("head", ())}
    dropped = [*titles.get("before", ()), *titles.get("anywhere", ()), *titles.get("between", ())]
    degrees = {one.lower() for one in titles.get("after", ())} | set(titles.get("undotted", ()))
    return Spelling(frozenset(dropped), frozenset(degrees), short, first)


def is_same_name(typed: str, recorded: str) -> bool:
    """Whether both are the name of one person. False where either has no letter.

    Words in the same order; as many on both sides, or the same letters with other blanks.
    """
    one, other = _words(typed), _words(recorded)
    if not one or not other:
        return False
    if "".join(one) == "".join(other):
        return True
    return len(one) == len(other) and all(map(_is_same_word, one, other))


def _words(name: str) -> list[str]:
    known = spelling()
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    # A degree stands behind a name: ST before one is Siti.
    first, *rest = plain.replace(",", " ").split() or [""]
    kept = [first, *(word for word in rest if word not in known.degrees)]
    words = NO_SIGN.sub("", " ".join(kept).replace(".", " ").replace("-", " ")).split()
    while len(words) > 1 and words[0] in known.dropped:
        words = words[1:]
    words = [words[0], *(one for one in words[1:] if one not in known.dropped)] if words else []
    full = [known.short.get(one, one) for one in words]
    if len(full) > 1:
        full[0] = known.short_first.get(words[0], full[0])
    return full


def _is_same_word(one: str, other: str) -> bool:
    if one == other:
        return True
    return min(len(one), len(other)) >= LONG and _one_slip(one, other)


def _one_slip(one: str, other: str) -> bool:
    """A letter wrong, missing, too many, or two that changed places."""
    if len(one) > len(other):
        one, other = other, one
    at = next((n for n, sign in enumerate(one) if sign != other[n]), len(one))
    if len(one) != len(other):
        return one[at:] == other[at + 1 :]
    swapped = one[at : at + 2] == other[at : at + 2][::-1]
    return one[at + 1 :] == other[at + 1 :] or (swapped and one[at + 2 :] == other[at + 2 :])
