"""Data first: where the data of a village fall short, a plan is accepted with their repair only.

A line that is no repair itself stands on the villages of its area. Each of them that is not ready
(below the thresholds, or not known) must be covered by an accepted repair line: one of its own
area or of an area above. A repair that is done and left the village below covers nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tangga.engine.area_tree import AreaTree
from tangga.engine.plan_lines.read import PlanVersion
from tangga.engine.plan_lines.states import ACCEPTED


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


def gate(ready: Mapping[str, bool | None], lines: Iterable[PlanVersion], tree: AreaTree) -> Gate:
    """Count the villages of every area. ready: village -> whether its data are ready; lines: the
    version of each line that stands."""
    repaired = {one.area for one in lines if one.repairs and one.state == ACCEPTED}
    areas: dict[str, Villages] = defaultdict(Villages)
    for village, is_ready in ready.items():
        above = tree.above([village])
        covered = any(area in repaired for area in above)
        for area in above:
            counted = areas[area]
            counted.all += 1
            counted.not_ready += is_ready is not True
            counted.without_repair += is_ready is not True and not covered
    return dict(areas)


def needs_repair(line: PlanVersion, gate: Gate | None) -> bool:
    """Whether a line stands on data that must be repaired first. gate: None where the policy sets
    no thresholds."""
    if gate is None or line.repairs:
        return False
    return not gate.get(line.area, Villages()).open
