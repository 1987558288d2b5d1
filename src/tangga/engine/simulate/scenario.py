"""What a scenario says, frozen and checked: another policy, so many places, so much money.

`scenario_file` reads it; nothing here knows a programme.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tangga.rules.conditions import Condition
from tangga.rules.policy import Labels, Place

MODEL, FACT, FILE = "model", "fact", "file"
WELFARE = (MODEL, FACT, FILE)
"""Where consumption comes from: the model of the workspace, a fact of the family, a file."""


@dataclass(frozen=True)
class Cutoff:
    """A requirement of a programme asks something else. requirement: its id."""

    programme: str
    requirement: str
    condition: Condition
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True)
class Amount:
    """A programme gives another amount: rupiah a year, or what it gives times a number.

    component: "" for the amount of the whole programme, or (with `times`) for every component.
    """

    programme: str
    component: str = ""
    amount_year: int | None = None
    times: Decimal | None = None


@dataclass(frozen=True)
class CapEdit:
    """Another cap on months of support. None: as it is. since: from when it holds."""

    months: int | None = None
    planning_from: int | None = None
    in_force: bool | None = None
    since: date | None = None


@dataclass(frozen=True)
class Coverage:
    """So many places of a programme in an area ("": everywhere), or a share of those who fit."""

    programme: str
    area: str = ""
    places: int | None = None
    share: Decimal | None = None


@dataclass(frozen=True)
class Budget:
    """So much money a year for a programme in an area ("": everywhere), whole rupiah."""

    programme: str
    area: str
    amount: int


@dataclass(frozen=True)
class Welfare:
    """Where consumption comes from. fact: of a family, rupiah a month and head. line: the fact that
    is the poverty line. file: a CSV."""

    source: str
    fact: str = ""
    line: str = ""
    file: Path | None = None


@dataclass(frozen=True)
class Check:
    """A condition on the result; where it does not hold, the run stops.

    programme: "" for all that the scenario looks at, together.
    """

    measure: str
    programme: str = ""
    at_most: Decimal | None = None
    at_least: Decimal | None = None
    place: Place | None = None


@dataclass(frozen=True)
class Scenario:
    """One scenario as read. titles: language -> words. policy: overlay folders. counting: keys of
    the clock with their values (`buffer` among them). months: so far it is pushed through time."""

    name: str
    titles: Labels
    basis: str
    file: Path
    source: str = ""
    policy: tuple[Path, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    amounts: tuple[Amount, ...] = ()
    cap: CapEdit | None = None
    counting: Mapping[str, Any] = field(default_factory=dict)
    coverage: tuple[Coverage, ...] = ()
    budgets: tuple[Budget, ...] = ()
    welfare: Welfare | None = None
    checks: tuple[Check, ...] = ()
    months: int = 0

    @property
    def limited(self) -> tuple[str, ...]:
        """The programmes whose places or money it states, in order of code."""
        return tuple(sorted({one.programme for one in (*self.coverage, *self.budgets)}))
