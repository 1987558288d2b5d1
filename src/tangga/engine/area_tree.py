"""Which area lies in which, as far as the families of a register live there.

The pack's own codes nest: a village's code begins with that of its district, and so on up. The
whole country is the area '' (empty), above the provinces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tangga.registry.areas import Areas

COUNTRY = ""
"""The code of the whole: above every area of the first level."""


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
    lengths: dict[str, int] = {"country": 0}
    found = {area.level: len(code) for code, area in areas.by_code.items()}
    lengths |= dict(sorted(found.items(), key=lambda item: item[1]))
    return AreaTree(areas, lengths)
