"""One family as the rules read it today: the release, and what has become true since.

    read = read_family("F0123")
    read.facts                        # for tangga.rules.ladder
    read.history.above_months

The rules look at more than a viewer may: whether a rehabilitation case is open decides on a
graduation, and who asks need not belong to the case team. So the cases of this one family are read
for the rule alone; what a page shows of it is its answer, never the case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tangga.rules.clock_settings import Clock
from tangga.rules.days import Month, first_day, month_of
from tangga.rules.exits import kept_at_cap
from tangga.rules.facts import FactBook, Lookup
from tangga.rules.facts_reading import reading
from tangga.rules.history import History, PersonHistory, family_history, person_history
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Facts
from tangga.rules.on_date import OnDate
from tangga.rules.records import Case, Event, FamilyRecords, PersonRecords, Rank, Spell, Visit
from tangga.rules.values import Value, ends
from tangga.web.database.rows import value as one_value
from tangga.web.journeys.care import guests
from tangga.web.journeys.climb import since
from tangga.web.journeys.climb.records import Rows, as_day, of_release
from tangga.web.journeys.climb.refusals import NoSuchFamily
from tangga.web.journeys.climb.since import Since
from tangga.web.policy.book import book
from tangga.web.programmes.timeline import CLOSED, Piece
from tangga.web.today import today
from tangga.web.viewer import Viewer

DEAD, RUNS, OVER = "dead", "active", "ended"
Row = Mapping[str, Any]

SEES = "SELECT current_setting('app.case', true)"
SEE = "SELECT set_config('app.case', %s, true)"


@dataclass(frozen=True)
class Reading:
    """A family on a day. facts: for the rules; own: its row; people: its living members, in their
    order; pieces: its support through time. as_of: of the release."""

    family_id: str
    area: str
    on: date
    as_of: date
    rules: OnDate
    facts: Facts
    history: History
    own: Row
    people: tuple[Row, ...]
    pieces: tuple[Piece, ...]
    visits: tuple[Visit, ...]
    events: tuple[Event, ...]

    @property
    def rung(self) -> str | None:
        """The headline rung today."""
        return self.history.rung

    def name_of(self, member: int) -> str:
        """What a member is called in the register."""
        return str(self.people[member].get("name") or "")

    @property
    def head(self) -> str:
        """What the head of the family is called, else its first member."""
        of = self.own.get("head_person_id")
        first = next((row for row in self.people if row["person_id"] == of), None)
        named = first or next(iter(self.people), {})
        return str(named.get("name") or "–")

    @property
    def address(self) -> str:
        """Where it lives, below the village."""
        parts = [str(self.own.get("address") or "")]
        parts += [f"{name.upper()} {self.own[name]}" for name in ("rt", "rw") if self.own.get(name)]
        return ", ".join(filter(None, parts)) or "–"

    def who(self, person_id: str) -> int | None:
        """The place of a person among the members."""
        ids = [row.get("person_id") for row in self.people]
        return ids.index(person_id) if person_id in ids else None


def read_family(
    family_id: str, on: date | None = None, viewer: Viewer | None = None
) -> Reading | None:
    """None for a family that the release lacks, or that the viewer may not see; PolicyGap where no
    rules hold on the day. viewer: who sees a family too that moved to their area since."""
    day = on or today()
    with guests.reading(family_id, viewer), cases_for_the_rule():
        held = of_release(family_id)
        if held is None:
            return None
        new = since.of_family(family_id)
    return _read(family_id, held, new, day)


def read_for(family_id: str, by: Viewer | None) -> Reading:
    """A family about which somebody acts. NoSuchFamily; Moved where it lives elsewhere by now."""
    if by is not None:
        guests.still_here(family_id, by)
    read = read_family(family_id, viewer=by)
    if read is None:
        raise NoSuchFamily(family=family_id)
    return read


@contextmanager
def cases_for_the_rule() -> Iterator[None]:
    """Cases are read within, as far as the area goes; afterwards as before."""
    before = one_value(SEES) or ""
    one_value(SEE, ["yes"])
    try:
        yield
    finally:
        one_value(SEE, [before])


def _read(family_id: str, held: Rows, new: Since, day: date) -> Reading:
    rules = book().policy.on(day)
    clock = Clock.of(rules.clock.says)
    own, people = _now(rules.facts, held, new)
    visits = _visits(held, new, clock)
    spells = [*(_piece(one) for one in new.pieces), *_ended(held)]
    records = FamilyRecords(
        rank=_rank(held.ranking),
        spells=tuple(spells),
        events=_events(held, new),
        visits=visits,
        suspensions=tuple(one for _, one in _cases(held, new) if one.kind in clock.suspension),
        listed=held.listed | {one.kind.programme for one in new.pieces},
        unbound=kept_at_cap(rules),
        members=len(people),
        line=_line(rules, own.get("village")),
    )
    history = family_history(records, clock, day)
    past = [_person(row, held, new, clock, day, history) for row in people]
    facts = _facts(rules, own, people, history, past, day)
    months = _months(held, facts, records.spells, clock, day)
    past = _claimed(held, facts, history, past)
    history = replace(history, months_protected=months)
    facts = _facts(rules, own, people, history, past, day)
    return Reading(
        family_id=family_id,
        area=(new.moved and guests.where(family_id)) or str(held.family.get("area") or ""),
        on=day,
        as_of=held.as_of,
        rules=rules,
        facts=facts,
        history=history,
        own=own,
        people=tuple(people),
        pieces=tuple(new.pieces),
        visits=visits,
        events=records.events,
    )


def _facts(
    rules: OnDate,
    own: Row,
    people: Sequence[Row],
    history: History,
    past: Sequence[PersonHistory],
    day: date,
) -> Facts:
    """Facts of the family, worked out from the rows of today and what is recorded of its past."""
    members = [typed(rules.facts, PERSON_TABLE, row) for row in people]
    return reading(rules.facts, day).family(
        typed(rules.facts, FAMILY_TABLE, own),
        members,
        history.facts(),
        [one.facts() for one in past],
    )


def _now(rules: FactBook, held: Rows, new: Since) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The family's own row and its living members, with the values that were accepted since and
    what later visits saw."""
    own = {**held.family, **new.family_values}
    for row in new.visits:
        seen = {name: one for name, one in row.items() if one is not None and _is_fact(rules, name)}
        own |= seen
    people: dict[str, dict[str, Any]] = {row["person_id"]: dict(row) for row in held.people}
    for person_id, values in new.person_values.items():
        people.setdefault(person_id, {"person_id": person_id}).update(values)
    dead = {event.person_id for event in new.deaths}
    living = (
        row for row in people.values() if row.get("status") != DEAD and row["person_id"] not in dead
    )
    return own, list(living)


@lru_cache(maxsize=512)
def _is_fact(rules: FactBook, name: str) -> bool:
    """Whether a visit's column is a fact of the family's own."""
    return (FAMILY_TABLE, name) in rules.facts and name not in ("village", "place_kind")


def typed(rules: FactBook, entity: str, row: Row) -> dict[str, Value]:
    """The columns of a row that rules speak of, as the rules hold them."""
    found: dict[str, Value] = {}
    for name, kind in _given(rules, entity):
        said = row.get(name)
        if said is not None and (plain := _plain(said, kind)) is not None:
            found[name] = plain
    return found


@lru_cache(maxsize=64)
def _given(rules: FactBook, entity: str) -> tuple[tuple[str, str], ...]:
    return tuple((fact.name, fact.type.type) for fact in rules.of(entity, given=True))


def _plain(said: Any, kind: str) -> Value:
    match kind:
        case "date":
            return as_day(said)
        case "decimal":
            return Decimal(str(said))
        case "integer" | "money":
            return int(said)
        case "boolean":
            return said if isinstance(said, bool) else str(said).lower() in ("true", "yes", "1")
        case _:
            return str(said)


def _rank(row: Row | None) -> Rank:
    if row is None:
        return Rank()
    use = {"official": "decile_official", "indicative": "decile"}.get(row.get("decile_used") or "")
    chances = {
        "chance_of_poorest_40": row.get("probability"),
        "chance_of_falling": row.get("falls"),
    }
    return Rank(
        decile=row.get(use) if use else None,
        release=row.get("decile_release"),
        released_on=as_day(row.get("decile_on")),
        state=row.get("rank_state"),
        before=row.get("decile_before"),
        **{name: None if p is None else round(p * 100) for name, p in chances.items()},
    )


def _piece(piece: Piece) -> Spell:
    """A time of support as the rules take it: what is closed runs no more."""
    closed = piece.state == CLOSED
    return Spell(
        programme=piece.kind.programme,
        valid_from=None if piece.valid_from == date.min else piece.valid_from,
        valid_to=piece.valid_from if closed else piece.valid_to,
        status=OVER if closed else RUNS,
        exit=piece.by.exit or None if closed and piece.by else None,
        component=piece.kind.component or None,
    )


def _ended(held: Rows) -> Iterator[Spell]:
    """Ends that a list told with how the family left; nothing else of these rows is told here."""
    for row in held.spells:
        if row.get("exit") and not row.get("open"):
            end = as_day(row.get("valid_to"))
            yield Spell(row["programme"], end, end, OVER, row["exit"], row.get("component"))


def _events(held: Rows, new: Since) -> tuple[Event, ...]:
    """Of the family, in order; an event of a person's own track is none of its moves."""
    found = [_event(row) for row in held.events if as_day(row.get("on_date")) is not None]
    found += new.events
    return tuple(sorted(found, key=lambda event: event.on_date))


def _event(row: Row) -> Event:
    return Event(
        event=row["event"],
        on_date=as_day(row["on_date"]) or date.min,
        shock=row.get("shock"),
        track=row.get("track"),
        rung=row.get("rung"),
        exit=row.get("exit"),
        until=as_day(row.get("until")),
        by=row.get("by"),
        document=row.get("document"),
    )


def _visits(held: Rows, new: Since, clock: Clock) -> tuple[Visit, ...]:
    rows = [row for row in (*held.visits, *new.visits) if as_day(row.get("on_date")) is not None]
    found = [
        Visit(
            on_date=as_day(row["on_date"]) or date.min,
            result=row.get("result"),
            worker=row.get("worker"),
            income=None if (income := row.get(clock.income_column)) is None else int(income),
            shock=row.get("shock"),
            statement=row.get("statement"),
            document=row.get("document"),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda visit: visit.on_date))


def _line(rules: OnDate, village: Any) -> Any:
    """The poverty line of a village on a day, by the fact that looks it up."""
    name = Clock.of(rules.clock.says).line_fact
    fact = rules.facts.facts.get((FAMILY_TABLE, name))
    made = fact.derivation if fact else None
    if not isinstance(made, Lookup) or not village:
        return lambda day: None
    return lambda day: made.lines.at(str(village), day)


def _person(
    row: Row, held: Rows, new: Since, clock: Clock, day: date, history: History
) -> PersonHistory:
    who = row["person_id"]
    mine = (one for one in new.pieces if one.kind.person_id == who and one.holds(day))
    records = PersonRecords(
        cases=tuple(case for of, case in _cases(held, new) if of == who),
        assessments=tuple(one for of, one in (*held.assessed, *new.assessed) if of == who),
        group_member=who in new.group_members or who in held.group_members,
        listed=held.listed | {one.kind.programme for one in new.pieces},
        receives=frozenset(one.kind.programme for one in mine if one.state != CLOSED),
    )
    return person_history(records, clock, day, history.visited_on)


def _claimed(
    held: Rows, facts: Facts, history: History, past: list[PersonHistory]
) -> list[PersonHistory]:
    """Some source may claim what exempts a member. A release does not say of whom: where it counts
    fewer adults who must climb than their facts do, and nobody has looked since, it is unknown."""
    near = held.near_cap
    seen = history.visited_on is not None and history.visited_on > held.as_of
    least, _ = ends(facts.get("must_climb_adults"))
    if near is None or seen or not isinstance(least, int):
        return past
    if int(near.get("must_climb_adults") or 0) >= least:
        return past
    return [
        replace(one, exempt_claimed=None) if member.get("must_climb") is True else one  # type: ignore[arg-type]
        for one, member in zip(past, facts.members, strict=True)
    ]


def _cases(held: Rows, new: Since) -> list[tuple[str, Case]]:
    """(person, case): a file of ours is newer than what the release says of it."""
    ours = {(who, case.opened) for who, case in new.case_rows}
    return [*(one for one in held.case_rows if (one[0], one[1].opened) not in ours), *new.case_rows]


def _months(held: Rows, facts: Facts, spells: Sequence[Spell], clock: Clock, day: date) -> int:
    """The months of the release, and those of support that has run on since."""
    months = int((held.clock or {}).get("months_protected") or 0)
    if not any(member.get("exempt") is not True for member in facts.members):
        return months
    counted = [spell for spell in spells if spell.programme in clock.programmes]
    since_then = range(month_of(held.as_of) + 1, month_of(day) + 1)
    return months + sum(any(_runs_in(one, m, clock) for one in counted) for m in since_then)


def _runs_in(spell: Spell, month: Month, clock: Clock) -> bool:
    """Whether support ran on any day of a month."""
    first, after = first_day(month), first_day(month + 1)
    begun = spell.valid_from is None or spell.valid_from < after
    over = spell.valid_to is not None and spell.valid_to <= first
    return begun and not over and spell.status in (None, *clock.enrolment_open)
