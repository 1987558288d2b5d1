"""Who stands at the head of a paper: the office of an area, in the words of `offices.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tangga.registry.mistakes import Mistakes
from tangga.rules.toml_file import read_toml
from tangga.web.access import LEVELS, level_of
from tangga.web.pack import area_name, pack

FILE = "offices.toml"
WORDS = ("office", "leader", "chief", "short", "city")
PARTS = ("leader", "chief", "office", "name", "city")
"""What the words of a paper may ask of its office."""

NO_OFFICE = "district"
"""A district issues nothing of its own: its papers are those of the level above."""


@dataclass(frozen=True)
class Office:
    """The office that issues a paper. area: its code, '' the nation."""

    area: str
    name: str
    lines: tuple[str, ...]
    office: str
    leader: str
    chief: str
    short: str
    city: str

    def fill(self, words: str) -> str:
        """Words in which parts of the office stand open."""
        return words.format(**{part: getattr(self, part) for part in PARTS})


@cache
def office_of(area: str) -> Office:
    """The office of an area, of the next wider level that has one. LookupError for a level of
    which the pack has none."""
    if level_of(area) == NO_OFFICE:
        return office_of(area[: LEVELS["regency"]])
    level, name = level_of(area), area_name(area)
    for one in offices():
        if one["level"] != level or not re.search(one.get("code", ""), area):
            continue
        if (found := re.search(one.get("name", ""), name)) is not None:
            return _filled(one, area, name, found.groupdict())
    raise LookupError(f"no office for an area of level {level}")


def around(area: str) -> Mapping[str, str]:
    """The areas around one, it included, by level: names."""
    return {
        level: area_name(area[:digits])
        for level, digits in LEVELS.items()
        if digits and len(area) >= digits
    }


def _filled(said: Mapping[str, Any], area: str, name: str, groups: Mapping[str, str]) -> Office:
    known = {**around(area), **groups, "name": name, "code": area}
    words = {key: str(said[key]).format(**known) for key in WORDS}
    return Office(area, name, tuple(line.format(**known) for line in said["lines"]), **words)


@cache
def offices() -> Sequence[Mapping[str, Any]]:
    """The offices of the pack that the service was set to."""
    return read_offices(pack().dir)


def read_offices(folder: Path) -> Sequence[Mapping[str, Any]]:
    """Those of a pack in a folder; BadPack for one that cannot be."""
    mistakes = Mistakes(folder)
    file = read_toml(folder / "documents" / FILE, mistakes)
    mistakes.raise_if_any()
    assert file is not None
    file.top.check_keys(file.data, ("offices",))
    for n, one in enumerate(file.data.get("offices", ())):
        spot = file.top.at("offices", n)
        spot.check_keys(one, ("level", "code", "name", "lines", *WORDS))
        for key in sorted({"level", "lines", *WORDS} - set(one)):
            spot.wrong(f"lacks {key}")
        if one.get("level") not in LEVELS or one.get("level") == NO_OFFICE:
            spot.at("level").wrong(f"no level that has an office: {one.get('level')!r}")
    mistakes.raise_if_any()
    return tuple(file.data["offices"])
