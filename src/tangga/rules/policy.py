"""What was decided: rules with their dates and basis, frozen and checked at birth.

    policy = load_policy(pack, overlays)          # tangga.rules.load
    today = policy.on(date(2026, 1, 31))
    today.programmes["pkh"].version.requires

A decision uses the version in force on its date; outside every version there is none, and that is
said (`OnDate.gaps`), never replaced by the nearest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

from tangga.rules.conditions import Condition

Labels = Mapping[str, str]
"""Language -> words."""

SUPPORT, RANK = "support", "rank"
"""What a signal is about: running support, or the official rank."""
LOWER, HIGHER = "lower", "higher"
"""Where facts point that contradict a rank: to a poorer decile, or to a better off one."""
ANNOUNCED, IN_FORCE = "announced", "in_force"
STATUSES = (ANNOUNCED, IN_FORCE)


@dataclass(frozen=True)
class Place:
    """Where a rule stands: a file and the line of its header."""

    file: Path
    line: int | None = None


@dataclass(frozen=True)
class Period:
    """From when to before when a version holds, and on what it rests.

    valid_to is exclusive, None while open. basis: the law or decision. source: where that was
    read. question: what is open about it. supersedes: the id of the version that this one ends.
    """

    id: str
    valid_from: date
    basis: str
    source: str
    valid_to: date | None = None
    status: str = IN_FORCE
    question: str = ""
    supersedes: str = ""
    place: Place | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not self.basis.strip() or not self.source.strip():
            raise ValueError("a version needs a basis and a source")
        if self.status not in STATUSES:
            raise ValueError(f"status {self.status!r} is none of {', '.join(STATUSES)}")
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is not after valid_from {self.valid_from}")

    def covers(self, on: date) -> bool:
        """Whether this version holds on a day (announced or in force)."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


T = TypeVar("T")


@dataclass(frozen=True)
class Dated(Generic[T]):
    """One version of a rule: its period, and what it says."""

    period: Period
    says: T


@dataclass(frozen=True)
class Rule(Generic[T]):
    """A rule through time: its versions, earliest first, none overlapping."""

    id: str
    labels: Labels
    versions: tuple[Dated[T], ...]

    def on(self, day: date) -> Dated[T] | None:
        """The version that covers a day; None outside every version."""
        return next((v for v in self.versions if v.period.covers(day)), None)


@dataclass(frozen=True)
class Requirement:
    """One named condition of a programme or a move: what a reason points to.

    An exclusion against another programme is a requirement too (`excludes` is its code, else "").
    """

    id: str
    labels: Labels
    condition: Condition
    excludes: str = ""


@dataclass(frozen=True)
class Component:
    """One component of a programme that pays by member.

    who: a condition on a person. child: counts towards `most_children`. most: of this component in
    one family (None: no bound). ends_by_clock: False for what an elderly or disabled person keeps.
    """

    id: str
    labels: Labels
    amount_year: int
    who: Condition
    priority: int
    child: bool = False
    most: int | None = None
    ends_by_clock: bool = True


@dataclass(frozen=True)
class Benefit:
    """What a programme gives: whole rupiah a year, to a family, a person, or by component.

    payments: in how many parts a year is paid. most_members, most_children: of one family.
    choose: `amount` or `priority`: which components win where there are too many; ties: the fact of
    a person whose lowest value wins among equals. kind in words
    (`in_kind`) where nothing is paid.
    """

    amount_year: int = 0
    payments: int = 1
    components: tuple[Component, ...] = ()
    most_members: int | None = None
    most_children: int | None = None
    choose: str = "priority"
    in_kind: Labels = field(default_factory=dict)
    ties: str = ""


@dataclass(frozen=True)
class GroupRule:
    """A programme for groups: of how many members, all of one area of this level."""

    least: int
    most: int
    area: str


@dataclass(frozen=True)
class ProgrammeRule:
    """What one version of a programme says.

    requires: all must be yes. waiting: keys of the order of the waiting list, () for none. about:
    what else an officer wants to read, topic -> words.
    """

    requires: tuple[Requirement, ...]
    benefit: Benefit = Benefit()
    waiting: tuple[str, ...] = ()
    about: Mapping[str, Labels] = field(default_factory=dict)
    group: GroupRule | None = None


@dataclass(frozen=True)
class Programme:
    """A programme: who it is for, who determines, and its versions.

    unit: `family` or `person`. focus: protection, rehabilitation, empowerment, prevention.
    determined_by: a code of the list `determiner`. area: the level whose waiting list it is.
    packages: rungs whose package it belongs to (`watch`: prevention).
    """

    id: str
    labels: Labels
    unit: str
    focus: str
    determined_by: str
    rule: Rule[ProgrammeRule]
    area: str = "regency"
    packages: tuple[str, ...] = ()


@dataclass(frozen=True)
class MoveRule:
    """What one version of a move on the ladder asks; all of `requires` must be yes."""

    requires: tuple[Requirement, ...]


@dataclass(frozen=True)
class Move:
    """A move that the ladder knows.

    subject: `family` (headline rung) or `person` (a track). from_rungs: of the family; "none" for
    a family on no rung, () for any. to: a rung ("" for a move that is no change of rung, such as
    a dated decision at the cap). track: of a person's move. adverse: takes effect only after
    notice. automatic: may be made by the rule itself. under_cap: rests on the cap; due only in
    force.
    do: what the officer is to do, {} where the label says it. exit: how support ends by it, "" for
    a move that ends none.
    """

    id: str
    labels: Labels
    subject: str
    from_rungs: tuple[str, ...]
    to: str
    rule: Rule[MoveRule]
    track: str = ""
    adverse: bool = False
    automatic: bool = False
    under_cap: bool = False
    do: Labels = field(default_factory=dict)
    exit: str = ""


@dataclass(frozen=True)
class SignalRule:
    """When a signal shows, and within how many days its case is to be checked.

    Of a signal about a rank there is no case, and no deadline (0).
    """

    requires: tuple[Requirement, ...]
    deadline_days: int = 0


@dataclass(frozen=True)
class Signal:
    """A sign that support may rest on wrong data: it opens a case, and stops nothing.

    Or, `about` the rank, a sign that verified facts contradict the official one: it opens no case
    and changes no decile; it is listed, to be sent up to whoever ranks.

    subject: `family` or `person`. reason: the code of `removal_reason` that the case is about, ""
    of a rank. points_to: of a rank, `lower` (poorer) or `higher`, else "". check: what the officer
    is to look at. visit: it is looked at where the family lives, so the family is to be visited.
    """

    id: str
    labels: Labels
    subject: str
    reason: str
    check: Labels
    rule: Rule[SignalRule]
    about: str = SUPPORT
    points_to: str = ""
    visit: bool = False


@dataclass(frozen=True)
class Choice:
    """One choice of who receives the money for a family, in order; its rule is on a person."""

    id: str
    labels: Labels
    rule: Rule[MoveRule]


@dataclass(frozen=True)
class Settings:
    """One version of a file of plain settings (clock, ladder, classes, notice), checked."""

    values: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]
