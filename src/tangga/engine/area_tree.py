"""Which area lies in which, as far as the families of a register live there.

The pack's own codes nest: a village's code begins with that of its district, and so on up. The
whole country is the area '' (empty), above the provinces.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tangga.errors import UserError
from tangga.registry.areas import Areas, plain

COUNTRY = ""
"""The code of the whole: above every area of the first level."""
NAMED = 3
"""So many areas are offered to somebody who wrote a name."""
NARROW = 6
"""Of names that are only alike, those of areas with codes no longer than this are offered."""


@dataclass(frozen=True)
class AreaTree:
    """The levels of a pack's areas, the widest first, and how long their codes are.

    levels: level -> characters of its codes; `country` (0 characters) is the first.
    """

    areas: Areas
    levels: Mapping[str, int]

    def level(self, code: str) -> str:
        """The level of a code; KeyError for one that is as long as none."""
        by_length = {length: level for level, length in self.levels.items()}
        return by_length[len(code)]

    def parent(self, code: str) -> str | None:
        """The area above (COUNTRY above a province); None for the country."""
        if code == COUNTRY:
            return None
        shorter = [length for length in self.levels.values() if length < len(code)]
        return code[: max(shorter)]

    def name(self, code: str) -> str:
        """The area's name; its code where the pack has none. The country has no name: ''."""
        return self.areas.name(code) or code

    def below(self, level: str) -> str | None:
        """The next narrower level; None below the narrowest."""
        names = list(self.levels)
        at = names.index(level) + 1
        return names[at] if at < len(names) else None

    def above(self, codes: Iterable[str]) -> list[str]:
        """These areas and all that hold them, the country included, in order of code."""
        lengths = self.levels.values()
        return sorted({code[:n] for code in codes for n in lengths if n <= len(code)})

    def sql(self, code: str) -> str:
        """A relation in SQL with one row a level: `(level, area)` of the areas above and of a code
        that is an SQL expression; to be joined with LATERAL or unnested."""
        listed = ", ".join(
            f"{{'level': '{level}', 'area': left({code}, {length})}}"
            for level, length in self.levels.items()
        )
        return f"unnest([{listed}])"


def area_tree(areas: Areas) -> AreaTree:
    """The tree of a pack's areas; a pack without areas has the country alone."""
    return AreaTree(areas, {"country": 0} | areas.lengths)


def asked_area(areas: Areas, asked: str | None) -> str:
    """The code of an area that somebody asks for, dots or none; COUNTRY where they ask for none.

    UserError for what is no area of the pack; of a name it says which code it is likely to be. A
    pack without areas takes every code.
    """
    code = plain(asked or COUNTRY)
    if not code or not areas.by_code or code in areas.by_code:
        return code
    near = ", ".join(f"{one} ({areas.name(one)})" for one in _called(areas, str(asked)))
    todo = f"Write the code of an area. Did you mean {near}?" if near else None
    raise UserError(
        "is no area of the pack", value=asked, todo=todo or "Write its code, such as 18.11"
    )


def _called(areas: Areas, asked: str) -> list[str]:
    """Codes of areas of a name, the widest first; else of those with a name that is like it."""
    name = " ".join(asked.casefold().split())
    listed = areas.by_code.values()
    own = [a.code for a in listed if f" {a.name.casefold()}".endswith(f" {name}")]
    if not own:
        wide = {a.name.casefold(): a.code for a in listed if len(a.code) <= NARROW}
        return [wide[near] for near in difflib.get_close_matches(name, wide, n=NAMED)]
    return sorted(own, key=lambda code: (len(code), code))[:NAMED]
