"""What pilar.toml says on a day, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tangga.rules.conditions import Condition
from tangga.rules.on_date import OnDate
from tangga.rules.settings_pilar import COUNTED

NAME = "pilar"
BY_WORKER = (
    *("visits", "visits_kept", "visits_on_schedule", "outside", "reports"),
    *("contribution", "revisits"),
)
"""Kinds that count for the pilar of the worker who acted; the others for every pilar named."""
RECORDS: Mapping[str, tuple[str, ...]] = {
    "graduations": ("events",),
    "lasting": ("events",),
    "visits": ("visits", "workers"),
    "visits_kept": ("visits", "workers"),
    "visits_on_schedule": ("visits", "workers"),
    "outside": ("visits", "workers"),
    "events": ("events",),
    "recorded_within": ("events",),
    "followed_up": ("events", "visits"),
    "reports": ("events", "workers"),
    "received": ("payments",),
    "assessed": ("cases", "assessments"),
    "cases_ended": ("cases",),
    "cases_moved": ("cases", "events"),
    "contribution": ("events", "workers"),
    "revisits": ("visits", "workers"),
}
"""Kind of measure -> the kinds of sources without which it is not known."""
GRADUATIONS = "graduations"
BY_PROGRAMME = (GRADUATIONS,)
"""Kinds that can be told for one programme."""


@dataclass(frozen=True)
class Measure:
    """By what a pilar is measured. says: the keys of its table in pilar.toml."""

    id: str
    labels: Mapping[str, str]
    pilar: tuple[str, ...]
    kind: str
    says: Mapping[str, Any]

    @property
    def counted(self) -> bool:
        """A number, which is spread; else a share in percent."""
        return self.kind in COUNTED

    @property
    def hidden(self) -> bool:
        """Whether small figures of it are for the case team only."""
        return bool(self.says["small_cells"])


@dataclass(frozen=True)
class Pilar:
    """One pilar and its job. families: each family in care has a worker of it. covers: every area
    of this level is to have one; '' for none."""

    code: str
    labels: Mapping[str, str]
    families: bool
    covers: str


@dataclass(frozen=True)
class Pilars:
    """The version of pilar.toml that holds: the pilar, their measures, and its plain settings."""

    pilars: Mapping[str, Pilar]
    measures: Mapping[str, Measure]
    says: Mapping[str, Any]
    counts: tuple[str, ...]
    """Exits that count as graduations unless a target says otherwise."""

    @property
    def graduable(self) -> Condition:
        """The condition on a family that can graduate."""
        found: Condition = self.says["graduable"]
        return found

    @property
    def in_care(self) -> Condition:
        """The condition on a family that a worker cares for."""
        found: Condition = self.says["in_care"]
        return found

    def rule(self, measure: Measure) -> str:
        """By what a target for a measure is spread where its row does not say."""
        return str(measure.says["spread"] or self.says["spread"])


def pilars_of(today: OnDate) -> Pilars | None:
    """What pilar.toml says on the day; None in a pack, or on a day, without it."""
    dated = today.settings.get(NAME)
    if dated is None:
        return None
    says = dated.says.values
    pilars = {
        one["code"]: Pilar(one["code"], one["labels"], one["families"], one["covers"])
        for one in says["pilar"]
    }
    measures = {
        one["id"]: Measure(one["id"], one["labels"], one["pilar"], one["kind"], one)
        for one in says["measure"]
    }
    exits = today.settings.get("exits")
    counts = tuple(exits.says["counts"]) if exits is not None else ()
    return Pilars(pilars, measures, says, counts)
