"""Who reaches so many months, and when: the clock run on, month by month, for all at once.

As `plan/clock.py` counts the past and `plan/family_clock.py` says whose months are a family's, so
here the months to come: who lives where they live now, support runs until its recorded end, an open
case stays open. A test holds this to a run of the later day.
"""

from __future__ import annotations

from collections.abc import Iterable

from tangga.engine.forecast.calendar import Calendar
from tangga.engine.forecast.finished import Finished
from tangga.engine.forecast.in_time import MAYBE, YES, Over, Reader
from tangga.engine.forecast.moving import PEOPLE
from tangga.engine.forecast.statements import statement
from tangga.engine.forecast.support import RUNNING
from tangga.engine.plan.clock import CASE, EVENT, MEMBERSHIP, SHOCK, codes
from tangga.engine.plan.family_clock import LEADING
from tangga.engine.plan.months import month
from tangga.rules.clock_settings import Clock
from tangga.rules.conditions import Is
from tangga.rules.facts import Key
from tangga.rules.names import PERSON_TABLE, Columns

MONTHS = "months_protected"
CAPS = "caps"
ASKED = ("exempt", "able")
"""Facts of a person on which it rests whose months are the family's."""


def write_clock(run: Finished, reader: Reader, clock: Clock, thresholds: Iterable[int]) -> str:
    """Make the table `caps`: family_id, and for each threshold N the months in which its clock is
    at N or more: `months_protected_N__yes` surely, `__maybe` possibly. Reads the table `people`."""
    _ahead(run, reader, clock)
    numbers = sorted(set(thresholds))
    _claimants(run, reader, numbers)
    sets = [f"{MONTHS}_{n}{end}" for n in numbers for end in (YES, MAYBE)]
    run.make(
        CAPS,
        statement(
            "cap",
            claimants="claimants",
            every=reader.calendar.every,
            led=", ".join(f'bit_or(liable & "{name}") AS "{name}"' for name in sets),
            eldest=", ".join(
                f'bit_or(free & ~coalesce(elder, 0) & "{name}") AS "{name}"' for name in sets
            ),
            united=", ".join(f'bit_or("{name}") AS "{name}"' for name in sets),
            names=", ".join(f'"{name}"' for name in sets),
        ),
    )
    run.drop("claimants", "counted", "given", "reached", "owned", "away", "stays")
    return CAPS


def person_says(reader: Reader, fact: str) -> Over:
    """The months in which a yes-or-no fact of a person `d` holds; not known without such a fact."""
    columns = Columns(reader.book.names, PERSON_TABLE, own="d", family="f")
    key: Key = (PERSON_TABLE, fact)
    return reader.read(Is(fact, True), columns) if key in reader.book.facts else reader.unknown


def _ahead(run: Finished, reader: Reader, clock: Clock) -> None:
    """`reached`: whom support reaches in which months to come."""
    calendar = reader.calendar
    run.make(
        "owned",
        statement(
            "owned",
            running=RUNNING,
            disasters=f"({_disasters(run, clock)})",
            counted=codes(clock.programmes),
            after_disaster=calendar.since(f"coalesce(d.past - {calendar.now}, 0)"),
            to_come=calendar.mask(1, calendar.months + 1),
        ),
    )
    members = run.received("memberships", MEMBERSHIP)
    known = {"people": PEOPLE, "owned": "owned", "on": run.day}
    run.make("stays", statement("stays", memberships=members, **known))
    run.make("away", statement("away", owned="owned", stays="stays"))
    run.make("given", statement("given", owned="owned", away="away"))
    run.make("reached", statement("reached", owned="owned", stays="stays", given="given"))


def _disasters(run: Finished, clock: Clock) -> str:
    events = run.received("events", EVENT, where=f"latest AND on_date <= DATE '{run.day}'")
    kinds = codes(clock.disasters)
    where = f"event = '{SHOCK}' AND shock IN ({kinds}) AND family_id IS NOT NULL"
    return statement(
        "disasters",
        events=f"(SELECT * FROM {events} WHERE {where})",
        ends=f"(SELECT * FROM {events} WHERE event IN ({codes(clock.shock_ends)}))",
        struck=month("s.on_date"),
        back=month("r.on_date"),
        most=clock.disaster_months,
    )


def _claimants(run: Finished, reader: Reader, numbers: list[int]) -> None:
    """`claimants`: of each member, in which months they have so many, are not exempt, are able."""
    calendar = reader.calendar
    run.make("counted", _counted(run, reader, Clock.of(run.today.clock.says)))
    reached = []
    for n in numbers:
        for end, ahead, had in (
            (YES, "sure_ahead", "d.months_had"),
            (MAYBE, "possible_ahead", "d.months_had + d.months_more"),
        ):
            nth = calendar.nth(f"d.{ahead}", f"({n} - ({had}))")
            since = f"CASE WHEN {had} >= {n} THEN 0 ELSE coalesce({nth}, {calendar.months + 1}) END"
            reached.append(f'{calendar.since(since)} AS "{MONTHS}_{n}{end}"')
    exempt, able = (person_says(reader, fact).yes for fact in ASKED)
    run.make(
        "claimants",
        statement(
            "claimants",
            counted="counted",
            leading=f"({_leading(run)})",
            liable=calendar.without(calendar.every, exempt),
            able=able,
            reached=", ".join(reached),
        ),
    )


def _counted(run: Finished, reader: Reader, clock: Clock) -> str:
    """Everybody's months to come: reached, of age, out of school, in no open case."""
    calendar = reader.calendar
    columns = Columns(reader.book.names, PERSON_TABLE, own="d", family="f")
    pupil = reader.read(clock.at_school, columns).yes
    case_over = calendar.since(f"coalesce(c.past - {calendar.now}, 0)")
    free = f"coalesce(r.months, {calendar.none}) & {case_over} & ~({pupil})"
    low, high = clock.age_from, clock.age_to
    sure = f"{_from_age(calendar, 'd.born_hi', low)} & ~{_from_age(calendar, 'd.born_lo', high)}"
    possible = (
        f"(CASE WHEN d.born_lo IS NULL THEN {calendar.every} "
        f"ELSE {_from_age(calendar, 'd.born_lo', low)} END) "
        f"& ~{_from_age(calendar, 'd.born_hi', high)}"
    )
    known = "d.born_lo IS NOT NULL AND d.born_hi IS NOT NULL"
    kept = ["person_id", "family_id", "born_hi"]
    for key in (
        (PERSON_TABLE, name) for name in ASKED if (PERSON_TABLE, name) in reader.book.facts
    ):
        kept += [key[1] + YES, key[1] + MAYBE] if key in reader.moving else [key[1]]
    return statement(
        "counted",
        kept=", ".join(f'd."{name}"' for name in kept),
        people=PEOPLE,
        history=run.scan("plan", "person_history"),
        reached="reached",
        cases=f"({_cases(run, calendar, clock)})",
        sure=f"CASE WHEN {known} THEN {free} & {sure} ELSE {calendar.none} END",
        possible=f"{free} & {possible}",
    )


def _from_age(calendar: Calendar, born: str, years: int) -> str:
    """The months on whose first day somebody has reached an age; none without a birth date."""
    first = f"{month(born)} + {years * 12} + CAST(day({born}) > 1 AS INTEGER) - {calendar.now}"
    return f"(CASE WHEN {born} IS NULL THEN {calendar.none} ELSE {calendar.since(first)} END)"


def _cases(run: Finished, calendar: Calendar, clock: Clock) -> str:
    kinds, over = codes(clock.rehabilitation), codes(clock.case_over)
    where = f"latest AND kind IN ({kinds}) AND opened <= DATE '{run.day}' AND person_id IS NOT NULL"
    ended = f"coalesce(closed, CASE WHEN state IN ({over}) THEN greatest(as_of, opened) END)"
    return statement(
        "cases",
        cases=run.received("cases", CASE, where=where),
        closed=month(ended),
        forever=calendar.now + calendar.months + 1,
    )


def _leading(run: Finished) -> str:
    """Head and spouse of each family."""
    families = {"family_id": "VARCHAR", "head_person_id": "VARCHAR"}
    members = {"person_id": "VARCHAR", "family_id": "VARCHAR", "relation": "VARCHAR"}
    return statement(
        "leading",
        families=run.received("families", families),
        memberships=run.received("memberships", {**members, "programme": "BOOLEAN"}),
        relations=codes(LEADING),
    )
