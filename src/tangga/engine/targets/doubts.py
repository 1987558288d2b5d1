"""Targets of workers that do not go with the list of workers.

Files of targets are read before anybody knows who the workers are, so such a target is no mistake
that stops a run: it is shown, and counts for nobody where the worker is not one of the measure's.
"""

from __future__ import annotations

from collections.abc import Sequence

from tangga.engine.area_tree import COUNTRY
from tangga.engine.targets.ground import Ground

UNKNOWN, OFF_DUTY, OTHER_PILAR, OTHER_AREA = "unknown", "off_duty", "other_pilar", "other_area"
NOT_COUNTED = (UNKNOWN, OFF_DUTY, OTHER_PILAR)
"""Doubts with which a target is not one of the workers of its area."""


def doubt_of(worker: str, area: str, pilar: str, measured: Sequence[str], ground: Ground) -> str:
    """What does not go together in a target of a worker; '' where nothing does, or no list tells.

    area: that of the target, COUNTRY for none. pilar: that of the target, '' for none. measured:
    the pilar of the measure.
    """
    if ground.workers is None:
        return ""
    if ground.find(worker, "") is None:
        return OFF_DUTY if worker in ground.off_duty else UNKNOWN
    found = ground.find(worker, pilar)
    if found is None or found.pilar not in measured:
        return OTHER_PILAR
    own = found.area or COUNTRY
    return "" if own.startswith(area) or area.startswith(own) else OTHER_AREA
