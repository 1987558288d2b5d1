"""Who fits which component in which months, when each ends, and what that makes a year.

`fits` is read for all months at once (`in_time`). What is counted within the limits of a version is
then asked of the very statement of a run (`rules.programmes_sql`), once for every stretch of months
in which nobody of a family changes: a family with a child of five and one of eleven has three.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from tangga.engine.forecast.calendar import Calendar
from tangga.engine.forecast.finished import Finished
from tangga.engine.forecast.in_time import Reader
from tangga.engine.forecast.moving import PEOPLE
from tangga.engine.forecast.statements import statement
from tangga.engine.forecast.support import RUNNING
from tangga.engine.forecast.turning import calendar_rows, days_listed, turns_of, within
from tangga.rules.components import in_order
from tangga.rules.conditions import Is, facts_used
from tangga.rules.facts import Fact, FactBook, Key
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns, FactType
from tangga.rules.on_date import OnDate
from tangga.rules.policy import Benefit, Component, Dated, Programme, ProgrammeRule
from tangga.rules.programmes_sql import components_sql
from tangga.rules.to_sql import fact_ends, text

STRETCHES, FITS, ENDS = "stretches", "fits", "component_ends"


@dataclass(frozen=True)
class Segment:
    """The months, from `first` to before `past`, in which one version of a programme holds."""

    programme: Programme
    version: Dated[ProgrammeRule]
    first: int
    past: int

    @property
    def benefit(self) -> Benefit:
        """What it gives."""
        return self.version.says.benefit

    @property
    def order(self) -> tuple[Component, ...]:
        """Its components, as the limits take them."""
        return in_order(self.benefit)


def segments(today: OnDate, calendar: Calendar) -> Iterator[Segment]:
    """Every version of every programme of the day that holds in some month of the calendar.

    A programme that has no version in a month says nothing there: nothing is owed by it.
    """
    days = calendar.days
    for programme, _ in today.programmes.values():
        versions = [programme.rule.on(day) for day in days]
        first = 0
        for k in range(1, len(days) + 1):
            version = versions[first]
            if k == len(days) or versions[k] is not version:
                if version is not None:
                    yield Segment(programme, version, first, k)
                first = k


def person_facts_asked(some: list[Segment]) -> set[Key]:
    """The facts of persons that components and their order among equals ask."""
    keys: set[Key] = set()
    for segment in some:
        for component in segment.order:
            keys |= facts_used(component.who, PERSON_TABLE)
        if segment.order and segment.benefit.ties:
            keys.add((PERSON_TABLE, segment.benefit.ties))
    return keys


def write_components(run: Finished, reader: Reader, some: list[Segment]) -> None:
    """Make `stretches`: one row a family, programme and stretch of months with the same yearly
    amount (programmes that pay by member); `fits`: one row a person and component of those; and
    `component_ends`: one row a component that fits, or may fit, on the day and does not for ever.
    """
    run.make(STRETCHES, statement("no_stretches"))
    run.make(FITS, statement("no_fits", kind=reader.calendar.kind))
    run.make(ENDS, statement("no_ends"))
    for segment in some:
        if segment.programme.unit == FAMILY_TABLE and segment.order:
            _write_fits(run, reader, segment)
            _write_stretches(run, reader.calendar, segment)
    _write_ends(run, reader, some)


def _columns(reader: Reader) -> Columns:
    return Columns(reader.book.names, PERSON_TABLE, own="d", family="f")


def _write_fits(run: Finished, reader: Reader, segment: Segment) -> None:
    """`answers`: one row a person whom a component fits or may fit; a set for each component."""
    calendar, columns = reader.calendar, _columns(reader)
    mask = calendar.mask(segment.first, segment.past)
    listed = []
    for n, component in enumerate(segment.order):
        over = reader.read(component.who, columns)
        listed += [f"{over.yes} & {mask} AS yes{n}", f"{over.maybe} & {mask} AS maybe{n}"]
    listed += [f"{text(end)} AS tie_{n}" for n, end in enumerate(_ties(segment, columns))]
    some = " | ".join(f"maybe{n}" for n in range(len(segment.order)))
    run.make(
        "answers",
        statement(
            "answers",
            people=PEOPLE,
            answers=", ".join(listed),
            some=some,
            running=RUNNING,
            programme=segment.programme.id,
            mask=mask,
            joined=_family_joined(run, segment),
        ),
    )
    for n, component in enumerate(segment.order):
        run.con.execute(
            f"INSERT INTO {FITS} SELECT family_id, person_id, '{segment.programme.id}', "
            f"'{component.id}', yes{n}, maybe{n} FROM answers WHERE maybe{n} <> 0"
        )


def _family_joined(run: Finished, segment: Segment) -> str:
    """The family's facts beside a person `d`, where a component asks for one."""
    asked = {key for component in segment.order for key in facts_used(component.who, PERSON_TABLE)}
    if all(entity == PERSON_TABLE for entity, _ in asked):
        return ""
    return f"LEFT JOIN {run.scan('plan', 'facts')} AS f ON d.family_id = f.family_id"


def _ties(segment: Segment, columns: Columns) -> list[exp.Expr]:
    if not segment.benefit.ties:
        return []
    ends = fact_ends(segment.benefit.ties, columns)
    return [ends.low, ends.high]


def _write_stretches(run: Finished, calendar: Calendar, segment: Segment) -> None:
    """Add to `stretches`; within one, everybody's answers are the same in every month."""
    sets = [f"{end}{n}" for n in range(len(segment.order)) for end in ("yes", "maybe")]
    run.make(
        "turned",
        statement(
            "turned",
            answers="answers",
            changes=_xor(sets),
            runs_changes=_xor(["runs"]),
            start=calendar.mask(segment.first, segment.first + 1),
            mask=calendar.mask(segment.first, segment.past),
            first=segment.first,
            past=segment.past,
        ),
    )
    shown = ", ".join(
        f"CASE WHEN (yes{n} >> k) & 1 = 1 THEN TRUE WHEN (maybe{n} >> k) & 1 = 0 THEN FALSE END "
        f'AS "fits_{n}"'
        for n in range(len(segment.order))
    )
    ties = ', tie_0 AS "tie_lo", tie_1 AS "tie_hi"' if segment.benefit.ties else ""
    people = (
        "(SELECT t.family_id || '@' || t.k AS family_id, a.person_id, "
        f"{shown}{ties} FROM turned AS t JOIN answers AS a ON t.family_id = a.family_id)"
    )
    counted = components_sql(_standing_for(run.today, segment), people, "turned")
    run.con.execute(
        f"INSERT INTO {STRETCHES} "
        + statement("stretches", turned="turned", counted=counted, programme=segment.programme.id)
    )


def _xor(sets: list[str]) -> str:
    """Where any of some sets is other than in the month before."""
    return " | ".join(f"xor({one}, {one} << 1)" for one in sets)


def _standing_for(today: OnDate, segment: Segment) -> OnDate:
    """The rules of one programme alone, each component's condition answered already: `fits_N`."""
    answered = {f"fits_{n}": FactType("boolean") for n in range(len(segment.order))}
    types = {**answered, "tie": FactType("date", ranged=True)}
    facts = {
        (PERSON_TABLE, name): Fact(PERSON_TABLE, name, kind, {}) for name, kind in types.items()
    }
    components = tuple(
        replace(component, who=Is(f"fits_{n}", True)) for n, component in enumerate(segment.order)
    )
    benefit = replace(
        segment.benefit, components=components, ties="tie" if segment.benefit.ties else ""
    )
    version = replace(segment.version, says=replace(segment.version.says, benefit=benefit))
    return replace(
        today,
        facts=FactBook(facts),
        programmes={segment.programme.id: (segment.programme, version)},
    )


def _write_ends(run: Finished, reader: Reader, some: list[Segment]) -> None:
    """Fill `component_ends` from `fits`, with the very day where it is one."""
    calendar = reader.calendar
    starts = [one.version.period.valid_from for one in some if one.first > 0]
    ids = {
        (one.programme.id, component.id): component.who for one in some for component in one.order
    }
    for (programme, component), who in ids.items():
        turns, columns = turns_of(reader, who), _columns(reader)
        run.con.execute(
            f"INSERT INTO {ENDS} "
            + statement(
                "component_ends",
                fits=FITS,
                programme=programme,
                component=component,
                people=PEOPLE,
                days=days_listed(turns, starts, columns),
                last_days=days_listed(turns, starts, columns, at_last=True),
                calendar=calendar_rows(calendar),
                on_day=within("e.days", "c"),
                last_day=within("e.last_days", "c"),
                surely=calendar.first(calendar.without(calendar.every, "yes")),
                at_last=calendar.first(calendar.without(calendar.every, "maybe")),
            )
        )
