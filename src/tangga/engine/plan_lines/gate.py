"""The gate of `rules.plan_lines` over the lines of a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tangga.engine.area_tree import AreaTree
from tangga.engine.plan_lines.read import PlanVersion
from tangga.rules import plan_lines
from tangga.rules.plan_lines import ACCEPTED, Gate, Villages

__all__ = ["Gate", "Villages", "gate", "needs_repair"]


def gate(ready: Mapping[str, bool | None], lines: Iterable[PlanVersion], tree: AreaTree) -> Gate:
    """Count the villages of every area. ready: village -> whether its data are ready; lines: the
    version of each line that stands."""
    repaired = [one.area for one in lines if one.repairs and one.state == ACCEPTED]
    return plan_lines.gate_of(ready, repaired, lambda village: tree.above([village]))


def needs_repair(line: PlanVersion, gate: Gate | None) -> bool:
    """Whether a line stands on data that must be repaired first."""
    return plan_lines.needs_repair(line.area, line.repairs, gate)
