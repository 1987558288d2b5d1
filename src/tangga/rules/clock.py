"""The clock of support: which months count, who collects them, and what a family's count is.

The plain reading, for a handful of people: sets of months, read once and obviously right. The
engine counts the same for a country with bits (`engine/plan/clock.py`); tests compare the two. How
it counts is data (`policy/clock.toml`); who collects a month is decision 0012.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tangga.rules.clock_settings import Clock
from tangga.rules.days import Month, month_of, months_before
from tangga.rules.values import Range, Value, ends

Months = frozenset[Month]
NONE: Months = frozenset()
YEAR = 12


@dataclass(frozen=True, slots=True)
class Grant:
    """One row of a list of support: an enrolment (a spell) or a payment, named by whom it names.

    first, last: the first and the last day covered (None: not known; of a spell, None is open).
    state: its code, None where the list has none. family: to which it belongs by the register of
    today. person: whom it names. card: the family card that it names. paid: a payment.
    """

    family: str | None
    person: str | None
    programme: str
    first: date | None
    last: date | None
    state: str | None = None
    paid: bool = False
    card: str | None = None

    @property
    def holder(self) -> str | None:
        """Whose rows it belongs with: the family's; without one, the person's or the card's."""
        return self.family or self.person or self.card


@dataclass(frozen=True, slots=True)
class Stay:
    """One person's time in one family by one reading, or on one card.

    valid_from None: from the beginning. valid_to: exclusive, None while open.
    """

    person: str
    family: str
    valid_from: date | None = None
    valid_to: date | None = None
    card: str | None = None

    def covers(self, month: Month) -> bool:
        """Whether the person was there on any day of a month."""
        begun = self.valid_from is None or month_of(self.valid_from) <= month
        return begun and (self.valid_to is None or month <= month_of(day_before(self.valid_to)))


@dataclass(frozen=True, slots=True)
class Adult:
    """What decides in which months a person can collect.

    born: a day, a range, or None. at_school: of today. cases: months in rehabilitation.
    """

    born: Value = None
    at_school: bool = False
    cases: Months = NONE


@dataclass(frozen=True, slots=True)
class Counted:
    """The months of one person: those that surely count, and those that would if of age."""

    sure: Months
    unsure: Months = NONE

    def since(self, day: date) -> int:
        """How many surely count from the month of a day on."""
        return sum(month >= month_of(day) for month in self.sure)


def day_before(day: date) -> date:
    """The last day of a time that ends, exclusively, on this day."""
    return day - timedelta(days=1)


def months_between(first: date, last: date, on: date) -> Months:
    """Every month of which a day lies from first to last, none after the month of `on`."""
    return frozenset(range(month_of(first), min(month_of(last), month_of(on)) + 1))


def months_of(grants: Iterable[Grant], clock: Clock, on: date) -> Months:
    """The months that some rows of one family give, all of its rows being these."""
    rows = tuple(grants)
    return _given(rows, spoilt(rows, clock, on), clock, on)


def spoilt(grants: Iterable[Grant], clock: Clock, on: date) -> Mapping[str, Months]:
    """Programme -> months of a family for which payments are known and all of them failed."""
    good: dict[str, Months] = {}
    bad: dict[str, Months] = {}
    for grant in grants:
        if grant.paid and grant.state in clock.payment_fails:
            bad[grant.programme] = bad.get(grant.programme, NONE) | _covered(grant, clock, on)
        elif grant.paid and counts(grant, clock):
            good[grant.programme] = good.get(grant.programme, NONE) | _covered(grant, clock, on)
    return {programme: months - good.get(programme, NONE) for programme, months in bad.items()}


def counts(grant: Grant, clock: Clock) -> bool:
    """Whether a row gives months at all: its programme and its state; no state is a good one."""
    states = clock.payment_counts if grant.paid else clock.enrolment_counts
    return grant.programme in clock.programmes and (grant.state is None or grant.state in states)


def _covered(grant: Grant, clock: Clock, on: date) -> Months:
    """The months a row covers; of a payment that lacks an end, the month of the other.

    A spell that is over, nobody says since when, covers nothing.
    """
    first = grant.first or (grant.last if grant.paid else None)
    last = grant.last or (grant.first if grant.paid else None)
    if last is None and grant.state in (None, *clock.enrolment_open):
        last = on
    return NONE if first is None or last is None else months_between(first, last, on)


def _given(grants: Iterable[Grant], bad: Mapping[str, Months], clock: Clock, on: date) -> Months:
    found = NONE
    for grant in grants:
        if counts(grant, clock):
            months = _covered(grant, clock, on)
            found |= months if grant.paid else months - bad.get(grant.programme, NONE)
    return found


def collected(
    grants: Collection[Grant],
    stays: Collection[Stay],
    clock: Clock,
    on: date,
    disasters: Mapping[str, Months] | None = None,
) -> dict[str, Months]:
    """Person -> the months of support that reached them, whatever their age (decision 0012).

    disasters: family -> months of a declared disaster.
    """
    found: dict[str, Months] = {}
    for grant in grants:
        own = [other for other in grants if other.holder == grant.holder]
        months = _given([grant], spoilt(own, clock, on), clock, on)
        months -= (disasters or {}).get(grant.family or "", NONE)
        for month in months:
            for person in _collectors(grant, month, stays):
                found[person] = found.get(person, NONE) | {month}
    return found


def _collectors(grant: Grant, month: Month, stays: Iterable[Stay]) -> set[str]:
    """Whom a month of a row reaches: the person named, and those who lived with them then."""
    there = [stay for stay in stays if stay.covers(month)]
    if grant.person is None:
        on_card = {s.person for s in there if grant.card is not None and s.card == grant.card}
        return on_card | {s.person for s in there if s.family == grant.family}
    theirs = {stay.family for stay in there if stay.person == grant.person}
    homes = theirs if theirs and grant.family not in theirs else {grant.family}
    return {grant.person} | {stay.person for stay in there if stay.family in homes}


def counted(months: Months, adult: Adult, clock: Clock) -> Counted:
    """Of the months that reached a person, those that count for them.

    Age is that on the first day of a month: at least `age_from`, under `age_to`. Where the birth
    date is a range or not known, only what is sure on every day of it surely counts.
    """
    if adult.at_school:
        return Counted(NONE)
    free = months - adult.cases
    earliest, latest = ends(adult.born)
    sure = (
        NONE
        if earliest is None or latest is None
        else frozenset(
            m
            for m in free
            if _month_of_age(latest, clock.age_from) <= m  # type: ignore[arg-type]
            and m < _month_of_age(earliest, clock.age_to)  # type: ignore[arg-type]
        )
    )
    possible = frozenset(
        m
        for m in free
        if (earliest is None or _month_of_age(earliest, clock.age_from) <= m)  # type: ignore[arg-type]
        and (latest is None or m < _month_of_age(latest, clock.age_to))  # type: ignore[arg-type]
    )
    return Counted(sure, possible - sure)


def _month_of_age(born: date, years: int) -> Month:
    """The first month on whose first day somebody has reached an age."""
    return month_of(born) + years * YEAR + (born.day > 1)


def case_months(opened: date, closed: date | None, on: date) -> Months:
    """The months of a case; closed: the last day, None while open."""
    return months_between(opened, closed or on, on)


def disaster_months(struck: date, returned: date | None, clock: Clock, on: date) -> Months:
    """The months of a declared disaster: until the return home, `disaster_months` at most."""
    most = months_before(struck.replace(day=1), -(clock.disaster_months - 1))
    return months_between(struck, min(returned or on, most), on)


@dataclass(frozen=True, slots=True)
class Claimant:
    """One member of a family as the family's count sees them.

    months, unsure, since_start: of the person. leads: head or spouse of the head.
    """

    months: int
    unsure: int = 0
    since_start: int = 0
    leads: bool = False
    exempt: bool | None = False
    able: bool | None = True
    born: Value = None
    person: str = ""


@dataclass(frozen=True, slots=True)
class FamilyCount:
    """A family's months in both readings: all history, and from the start; and what is unsure."""

    months_protected: int = 0
    months_since_start: int = 0
    months_unsure: int = 0


def family_count(members: Iterable[Claimant]) -> FamilyCount:
    """The larger of head's and spouse's, of those who are not exempt.

    If there is none such, the eldest able adult's; zero where there is nobody: no clock runs. Not
    known to be exempt is not exempt here: a rule that rests on it asks that itself.
    """
    liable = [m for m in members if m.exempt is not True]
    whose = [m for m in liable if m.leads]
    if not whose:
        able = (m for m in liable if m.able is True)
        eldest = min(able, key=lambda m: (_born_by(m.born), m.person), default=None)
        whose = [eldest] if eldest else []
    months = max((m.months for m in whose), default=0)
    return FamilyCount(
        months,
        max((m.since_start for m in whose), default=0),
        max((m.months + m.unsure for m in whose), default=0) - months,
    )


def _born_by(born: Value) -> date:
    last = born.high if isinstance(born, Range) else born
    return last if isinstance(last, date) else date.max


def reached(months: int, cap: int, on: date) -> Month:
    """The month in which `cap` months are full if support runs on without a gap from `on`.

    Where they are full already, the month of `on`.
    """
    return month_of(on) + max(cap - months, 0)
