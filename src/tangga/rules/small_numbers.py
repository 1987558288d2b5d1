"""Numbers behind which few people stand are hidden, and whatever would give them away.

hidden_areas({"": 60, "11": 3, "12": 17, "13": 40}, 5, dict.fromkeys(("11", "12", "13"), ""))
# {"11", "12"}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence


def hidden_areas(
    numbers: Mapping[str, int], least: int, parents: Mapping[str, str]
) -> frozenset[str]:
    """Which areas do not show their number.

    numbers: area -> how many; a number is the sum of those of the areas inside it. parents: area
    -> the area around it. Hidden are numbers below `least` (0 is told); the next smallest sibling,
    until what is hidden beside one another is two numbers at least and together not below `least`,
    so that the parent less the siblings does not tell; and all that lies inside of what is hidden.
    Where the siblings do not suffice, the parent is hidden too.
    """
    inside: dict[str, list[str]] = defaultdict(list)
    for area in sorted(numbers.keys() & parents.keys()):
        inside[parents[area]].append(area)
    # From the narrowest on: what is hidden there may hide more around it.
    narrow_first = sorted(inside, key=lambda parent: (-_depth(parent, parents), parent))
    hidden = {area for area, many in numbers.items() if 0 < many < least}
    before = -1
    while before != len(hidden):
        before = len(hidden)
        for parent in narrow_first:
            hidden |= _beside(parent, inside[parent], hidden, numbers, least)
    return frozenset(hidden)


def _depth(area: str, parents: Mapping[str, str]) -> int:
    """How many areas are around this one."""
    return 1 + _depth(parents[area], parents) if area in parents else 0


def _beside(
    parent: str,
    children: Sequence[str],
    hidden: set[str],
    numbers: Mapping[str, int],
    least: int,
) -> set[str]:
    """What must be hidden among the areas of one parent, and the parent where they do not do."""
    if parent in hidden:
        # Shown, they would add up to the parent again.
        return set(children)
    lost = {area for area in children if area in hidden}
    told = sorted((numbers[area], area) for area in children if area not in lost)
    while lost and not _enough(lost, numbers, least):
        if not told:
            return lost | {parent}
        # A zero hides nothing: the smallest that is more than none, as long as there is one.
        at = next((n for n, (many, _area) in enumerate(told) if many), 0)
        lost.add(told.pop(at)[1])
    return lost


def _enough(lost: set[str], numbers: Mapping[str, int], least: int) -> bool:
    return len(lost) > 1 and sum(numbers[area] for area in lost) >= least
