"""What the pack states of interventions, as figures: typed, with the range of each effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangga.engine.optimise.problem import Effects, Floats
from tangga.errors import UserError
from tangga.rules.on_date import OnDate
from tangga.rules.policy import Period

SETTINGS = "interventions"
MIDDLE, LOW, HIGH = "", "_low", "_high"
RANGE = (LOW, MIDDLE, HIGH)
"""Endings of the names of an effect."""


@dataclass(frozen=True)
class Intervention:
    """One way up. says: as in the pack's file (`rules/settings_interventions.py`)."""

    id: str
    labels: Mapping[str, str]
    says: Mapping[str, Any]

    @property
    def cost(self) -> int:
        """Rupiah a family."""
        return int(self.says["cost"])

    @property
    def hours(self) -> int:
        """Hours of a worker, a family."""
        return int(self.says["hours"])

    @property
    def years(self) -> int:
        """Whole years that it takes, at least one."""
        return -(-int(self.says["months"]) // 12)

    def ends(self, left: int) -> tuple[int, int]:
        """Of who starts when so many months of the year are left: years until the one in which it
        ends, and until the first in which the family may begin again: where it ends in the last
        three months of a year, the next one."""
        end = 12 - left + int(self.says["months"])
        return -(-end // 12) - 1, max(1, (end + 2) // 12)

    def effect(self, name: str, end: str = MIDDLE) -> float:
        """graduates and lasts as chances, poor_years as years."""
        value = float(self.says[f"{name}{end}"])
        return value if name == "poor_years" else value / 100


@dataclass(frozen=True)
class Parameters:
    """What the version of the day says. says: the other keys of the file."""

    period: Period
    interventions: tuple[Intervention, ...]
    says: Mapping[str, Any]

    def severity(self, decile: int | None) -> int:
        """The number of the group of deciles; that of the unranked is the last."""
        for number, one in enumerate(self.says["severity"]):
            if decile in one["deciles"]:
                return number
        return len(self.says["severity"])

    @property
    def shares(self) -> Floats:
        """For each group of deciles, and last the unranked: the share of a stated effect."""
        stated = [one["percent"] for one in self.says["severity"]]
        return np.array([*stated, self.says["unranked_percent"]]) / 100


def parameters(today: OnDate) -> Parameters:
    """What the pack states on the day. UserError where it states nothing."""
    version = today.settings.get(SETTINGS)
    if version is None or not version.says["intervention"]:
        todo = f"Write policy/{SETTINGS}.toml, in the pack or in an overlay of the workspace"
        raise UserError(f"the policy names no interventions on {today.day}", todo=todo)
    listed = tuple(
        Intervention(one["id"], one["labels"], one) for one in version.says["intervention"]
    )
    return Parameters(version.period, listed, version.says)


def effects(
    stated: Parameters, severity: Sequence[int], mixed: Sequence[bool], older: Sequence[int],
    end: str = MIDDLE, months: int = 12,
) -> Effects:  # fmt: skip
    """The effects on each state. severity, mixed, older: one a state. end: which of the range.
    months: that are left of the first year."""
    ways = stated.interventions
    share = stated.shares[np.array(severity, dtype=np.int64)]
    share = share * np.where(mixed, stated.says["mixed_percent"] / 100, 1.0)

    def each(name: str) -> Floats:
        return np.array([way.effect(name, end) for way in ways])

    first = None if months == 12 else np.array([way.ends(months) for way in ways], dtype=np.int64)
    return Effects(
        graduates=np.minimum(share[:, None] * each("graduates"), 1.0),
        lasts=np.broadcast_to(each("lasts"), (len(share), len(ways))).copy(),
        avoided=share[:, None] * each("poor_years"),
        years=np.array([way.years for way in ways], dtype=np.int64),
        older=np.array(older, dtype=np.int64),
        ends_first=None if first is None else first[:, 0],
        back_first=None if first is None else first[:, 1],
    )
