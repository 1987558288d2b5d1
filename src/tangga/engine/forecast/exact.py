"""What follows by arithmetic from what is known on the day of the run, family by family.

    outlook = look_ahead(run, months=60)

Who reaches the cap and when, who is exempt from when on, when components end, what is owed. Taken
for granted, and said with every result: who lives where they live now, support runs until its
recorded end, a pupil stays a pupil until the rule's age, what is recorded stays as recorded. Under
that, the dates are those that a run of the later day gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tangga.engine.forecast.calendar import Calendar
from tangga.engine.forecast.claims import CLAIMED
from tangga.engine.forecast.clock import ASKED, CAPS, MONTHS, write_clock
from tangga.engine.forecast.components import (
    ENDS,
    Segment,
    person_facts_asked,
    segments,
    write_components,
)
from tangga.engine.forecast.families import FAMILIES, write_families
from tangga.engine.forecast.finished import Finished
from tangga.engine.forecast.in_time import Reader, moving_facts
from tangga.engine.forecast.moving import PEOPLE, write_people
from tangga.engine.forecast.owed import OWED, write_owed
from tangga.engine.forecast.support import CONCERNED, SUPPORT, write_support
from tangga.rules.clock_settings import Clock
from tangga.rules.conditions import Condition, facts_used
from tangga.rules.facts import Key
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE
from tangga.rules.policy import Dated, Move, MoveRule, Settings

BOUND, SUPPORTED = "clock_bound_open", "support_open"
CLIMBS = "must_climb"
MOVED = ((FAMILY_TABLE, MONTHS), (FAMILY_TABLE, BOUND), (FAMILY_TABLE, SUPPORTED))
"""Facts of a family that the clock itself moves on."""


@dataclass(frozen=True)
class Outlook:
    """The tables that arithmetic makes, by name, in the run's database.

    families: one row a family concerned (`families.py`). owed: rupiah by family, programme and
    stretch of months. ends: ends of components. cap: the cap of the day, None where there is none.
    """

    run: Finished
    calendar: Calendar
    cap: Dated[Settings] | None
    families: str = FAMILIES
    owed: str = OWED
    ends: str = ENDS
    people: str = PEOPLE


@dataclass(frozen=True)
class Questions:
    """What is asked of the families of a run, and how it is read through time."""

    run: Finished
    calendar: Calendar

    @cached_property
    def segments(self) -> list[Segment]:
        """Which version of which programme holds in which months."""
        return list(segments(self.run.today, self.calendar))

    @cached_property
    def clock(self) -> Clock:
        """How months are counted."""
        return Clock.of(self.run.today.clock.says)

    @cached_property
    def reader(self) -> Reader:
        """The third reading of the run's conditions."""
        book = self.run.today.facts
        moving = moving_facts(book, [key for key in (*MOVED, CLAIMED) if key in book.facts])
        return Reader(book, self.calendar, moving, frozenset({MONTHS}))

    @cached_property
    def under_cap(self) -> list[tuple[Move, Dated[MoveRule]]]:
        """The moves of families that rest on the cap."""
        moves = self.run.today.moves
        return [(m, rule) for m, rule in moves if m.under_cap and m.subject == FAMILY_TABLE]

    def conditions(self) -> Iterator[Condition]:
        """What those moves require of a family."""
        for _, rule in self.under_cap:
            for requirement in rule.says.requires:
                yield requirement.condition

    @cached_property
    def thresholds(self) -> set[int]:
        """The numbers of months that anything asks for."""
        found = set(self.reader.numbers_asked(self.conditions())[MONTHS])
        if self.run.today.cap is not None:
            says = self.run.today.cap.says
            found |= {int(says["months"]), int(says["planning_from"])}
        return found

    @property
    def facts_of_persons(self) -> set[Key]:
        """The facts of persons that must be there."""
        keys = person_facts_asked(self.segments)
        counted = self.reader.members_counted(self.conditions()).values()
        for condition in (self.clock.at_school, *counted):
            keys |= facts_used(condition, PERSON_TABLE)
        keys |= {(PERSON_TABLE, name) for name in (*ASKED, CLIMBS, "born", "sex")}
        return {key for key in keys if key in self.reader.book.facts and key[0] == PERSON_TABLE}


def look_ahead(run: Finished, months: int) -> Outlook:
    """Work out the tables of an outlook over so many months."""
    calendar = Calendar(run.day, months)
    asked = Questions(run, calendar)
    write_support(run, calendar, asked.clock)
    write_people(run, asked.reader, asked.clock, asked.facts_of_persons, CONCERNED)
    write_clock(run, asked.reader, asked.clock, asked.thresholds)
    write_components(run, asked.reader, asked.segments)
    write_families(run, asked)
    write_owed(run, calendar)
    run.drop(CAPS, SUPPORT)
    return Outlook(run, calendar, run.today.cap)
