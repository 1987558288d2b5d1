"""Numbers behind which few stand are hidden, and whatever would give them away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping


def hide_small(
    numbers: Mapping[str, int], threshold: int, parents: Mapping[str, str]
) -> dict[str, int | None]:
    """Each area's number, or None where it is hidden.

    numbers: area -> how many; a number is the sum of those of the areas inside it. Hidden are
    numbers below the threshold (0 is told); the next smallest sibling, until what is hidden beside
    one another is two numbers at least and together not below the threshold, so that the parent
    less the siblings does not tell; and all that lies inside of what is hidden. Where the siblings
    do not suffice, the parent is hidden too.
    """
    inside: dict[str, list[str]] = defaultdict(list)
    for area, parent in parents.items():
        inside[parent].append(area)
    hidden = {area for area, value in numbers.items() if 0 < value < threshold}
    before = -1
    while before != len(hidden):
        before = len(hidden)
        for parent, children in inside.items():
            hidden |= _beside(parent, children, hidden, numbers, threshold)
    return {area: None if area in hidden else value for area, value in numbers.items()}


def _beside(
    parent: str,
    children: list[str],
    hidden: set[str],
    numbers: Mapping[str, int],
    threshold: int,
) -> set[str]:
    """What must be hidden further among the areas of one parent."""
    if parent in hidden:
        return set(children)
    lost = {area for area in children if area in hidden}
    told = sorted((numbers[area], area) for area in children if area not in lost)
    while lost and not _enough(lost, numbers, threshold):
        if not told:
            return lost | {parent}
        # A zero hides nothing: the smallest that is more than none, as long as there is one.
        at = next((n for n, (value, _area) in enumerate(told) if value), 0)
        lost.add(told.pop(at)[1])
    return lost


def _enough(lost: set[str], numbers: Mapping[str, int], threshold: int) -> bool:
    return len(lost) > 1 and sum(numbers[area] for area in lost) >= threshold
