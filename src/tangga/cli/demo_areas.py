"""The areas of the demo's accounts: one of each level, and one beside it to compare with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Chosen:
    """home: level -> code, each inside the one above it. beside: the same for the levels that have
    a second area, the nearest in the first two regencies."""

    home: Mapping[str, str]
    beside: Mapping[str, str]


def choose(families: Mapping[str, int], invented: Sequence[str]) -> Chosen:
    """families: area -> how many live there. invented: the regencies asked for, the first wanted
    most; any other comes after them."""
    from tangga.web.access import LEVELS

    known = {area: number for area, number in families.items() if area.isdigit()}
    home: dict[str, str] = {}
    beside: dict[str, str] = {}
    regencies = _regencies(known, invented)
    above = ""
    for level, digits in sorted(LEVELS.items(), key=lambda item: item[1]):
        inside = [a for a in _ordered(known, digits) if a.startswith(above)]
        first = [a for a in inside if _agree(a, regencies[:1])] or inside or [above]
        home[level] = above = first[0]
        others = [a for a in _ordered(known, digits) if a != above]
        if digits and others:
            beside[level] = max(others, key=lambda other: _nearness(other, above, regencies))
    return Chosen(home, beside)


def _regencies(known: Mapping[str, int], invented: Sequence[str]) -> list[str]:
    """Those with families, in the order wanted."""
    from tangga.web.access import LEVELS

    there = _ordered(known, LEVELS["regency"])
    return [*(code for code in invented if code in there), *(c for c in there if c not in invented)]


def _ordered(known: Mapping[str, int], digits: int) -> list[str]:
    """Areas of a level: those with the most villages first, of equal ones the fullest."""
    villages: Counter[str] = Counter()
    people: Counter[str] = Counter()
    for area, number in known.items():
        if len(area) >= digits:
            villages[area[:digits]] += 1
            people[area[:digits]] += number
    return sorted(people, key=lambda code: (-villages[code], -people[code], code))


def _agree(area: str, regencies: Sequence[str]) -> bool:
    """Whether the one holds the other."""
    return any(area.startswith(code) or code.startswith(area) for code in regencies)


def _nearness(other: str, home: str, regencies: Sequence[str]) -> tuple[bool, int]:
    """Whether it is in the first two regencies, then the digits in common."""
    common = next((x for x in range(len(home)) if other[x] != home[x]), len(home))
    return _agree(other, regencies[:2]), common
