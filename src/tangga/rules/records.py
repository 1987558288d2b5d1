"""Records of acts as the plain reading of one family's past takes them (`history`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tangga.rules.clock_settings import Clock

RUNG_MOVE, RUNG_LEFT, SHOCK, EXTENSION = "rung_move", "rung_left", "shock", "extension"


@dataclass(frozen=True, slots=True)
class Rank:
    """The rank of a family on the day that decisions read: the official one, where somebody ranks.

    chance_of_poorest_40, chance_of_falling: in whole per cent, by a model; None without one.
    """

    decile: int | None = None
    release: str | None = None
    released_on: date | None = None
    state: str | None = None
    before: int | None = None
    chance_of_poorest_40: int | None = None
    chance_of_falling: int | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """One spell of support as recorded; valid_to is exclusive."""

    programme: str
    valid_from: date | None
    valid_to: date | None = None
    status: str | None = None
    exit: str | None = None
    component: str | None = None

    def runs(self, clock: Clock, on: date) -> bool:
        """Whether it is open on the day."""
        begun = self.valid_from is None or self.valid_from <= on
        ended = self.valid_to is not None and self.valid_to <= on
        return begun and not ended and self.status in (None, *clock.enrolment_open)


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a family."""

    event: str
    on_date: date
    shock: str | None = None
    track: str | None = None
    rung: str | None = None
    exit: str | None = None
    until: date | None = None
    by: str | None = None
    document: str | None = None

    @property
    def is_move(self) -> bool:
        """A move of the family on the ladder, or off it; not one of a person's track."""
        moved = self.event == RUNG_MOVE and self.rung is not None
        return self.track is None and (moved or self.event == RUNG_LEFT)

    @property
    def to(self) -> str | None:
        """The rung after a move; None off the ladder."""
        return self.rung if self.event == RUNG_MOVE else None


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to a family; income: of a month, in whole rupiah."""

    on_date: date
    result: str | None = None
    worker: str | None = None
    income: int | None = None
    shock: str | None = None
    statement: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One case of rehabilitation or suspension. as_of: when its source was true."""

    kind: str
    opened: date
    closed: date | None = None
    state: str | None = None
    reviewed: date | None = None
    as_of: date | None = None

    def is_open(self, clock: Clock, on: date) -> bool:
        """On the day; one that is over, nobody says since when, is not."""
        return self.closed > on if self.closed else self.state not in clock.case_over

    @property
    def closed_on(self) -> date:
        """Of a case that is not open, when it was closed; at the latest."""
        return self.closed or max(self.as_of or self.opened, self.opened)


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment of a person. finding: of a kind of disability."""

    kind: str
    on_date: date
    need: str | None = None
    grade: str | None = None
    finding: str | None = None


@dataclass(frozen=True)
class FamilyRecords:
    """What is recorded of one family, each list in order of dates.

    listed: programmes of which any list came. receives: those that recent payments alone say it
    receives. unbound: (programme, component) of what no clock ends. members: how many there are
    today. line: the poverty line of its place on a day.
    """

    rank: Rank = Rank()
    spells: tuple[Spell, ...] = ()
    events: tuple[Event, ...] = ()
    visits: tuple[Visit, ...] = ()
    suspensions: tuple[Case, ...] = ()
    listed: frozenset[str] = frozenset()
    receives: frozenset[str] = frozenset()
    unbound: frozenset[tuple[str, str]] = frozenset()
    members: int = 0
    line: Callable[[date], int | None] = lambda day: None


@dataclass(frozen=True)
class PersonRecords:
    """What is recorded of one person, each list in order of its dates.

    claims: when records that claim what exempts were true, where the register believes otherwise.
    groups: whether they are in a living group. listed, receives: as of the family.
    """

    cases: tuple[Case, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    claims: tuple[date, ...] = ()
    group_member: bool = False
    listed: frozenset[str] = frozenset()
    receives: frozenset[str] = frozenset()
