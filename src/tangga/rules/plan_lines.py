"""Which state of a plan line may follow which, what each must say, and when data come first.

A line that is no repair itself stands on the villages of its area. Each of them that is not ready
(below the thresholds, or not known) must be covered by an accepted repair line: one of its own
area or of an area above. A repair that is done and left the village below covers nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

PROPOSED, CHANGED, ACCEPTED = "proposed", "changed", "accepted"
REJECTED, DONE, CANCELLED = "rejected", "done", "cancelled"

STEPS: dict[str, tuple[str, ...]] = {
    PROPOSED: (ACCEPTED, CHANGED, REJECTED, CANCELLED),
    CHANGED: (ACCEPTED, CHANGED, REJECTED, CANCELLED),
    ACCEPTED: (DONE, CHANGED, CANCELLED),
    REJECTED: (CHANGED,),
    DONE: (),
    CANCELLED: (),
}
"""State -> the states that may follow. A line begins as proposed; what was rejected can be
offered again with other figures."""

NEEDS: dict[str, tuple[str, ...]] = {
    ACCEPTED: ("owner", "due"),
    CHANGED: ("reason",),
    REJECTED: ("reason",),
    CANCELLED: ("reason",),
}
"""State -> what a version in it cannot do without."""

OPEN = (PROPOSED, CHANGED, ACCEPTED)
"""States of a line on which something is still to be done: such a line can be overdue."""

COUNTS = (ACCEPTED, DONE)
"""States in which a line is a target and a budget line."""

DECIDES = (ACCEPTED, CHANGED, REJECTED, DONE, CANCELLED)
"""What can be decided about a line."""


@dataclass
class Villages:
    """Those of an area. all: with families in the register. not_ready: below the thresholds, or not
    known. without_repair: of these, those that no accepted repair line covers."""

    all: int = 0
    not_ready: int = 0
    without_repair: int = 0

    @property
    def open(self) -> bool:
        """Whether a line of this area can be accepted."""
        return self.all > 0 and self.without_repair == 0


Gate = Mapping[str, Villages]
"""Area -> its villages; an area that is not there has no family in the register."""


def gate_of(
    ready: Mapping[str, bool | None],
    repaired: Iterable[str],
    above: Callable[[str], Iterable[str]],
) -> dict[str, Villages]:
    """Count the villages of every area.

    ready: village -> whether its data are ready. repaired: areas of accepted lines that repair.
    above: an area and all that hold it.
    """
    covered_areas = set(repaired)
    areas: dict[str, Villages] = defaultdict(Villages)
    for village, is_ready in ready.items():
        held = list(above(village))
        covered = any(area in covered_areas for area in held)
        for area in held:
            counted = areas[area]
            counted.all += 1
            counted.not_ready += is_ready is not True
            counted.without_repair += is_ready is not True and not covered
    return dict(areas)


def needs_repair(area: str, repairs: str, gate: Gate | None) -> bool:
    """Whether a line of an area stands on data that must be repaired first. repairs: what the line
    itself repairs ('' nothing). gate: None where the policy sets no thresholds."""
    if gate is None or repairs:
        return False
    return not gate.get(area, Villages()).open
