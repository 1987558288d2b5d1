"""What is known of the past of one family and of one person: the facts of history by name.

The engine works them out for a country (`engine/plan/history.py`); this is the plain reading of one
family's records. What is recorded with us (events, visits, cases, assessments, groups) and has no
record did not happen; what others' lists would say is not known where no list came. Records after
the day are not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, TypeVar

from tangga.rules.clock_settings import Clock
from tangga.rules.days import months_before, whole_months
from tangga.rules.records import (
    EXTENSION,
    SHOCK,
    Assessment,
    Case,
    Event,
    FamilyRecords,
    PersonRecords,
    Rank,
    Spell,
    Visit,
)
from tangga.rules.values import Value

T = TypeVar("T")
Facts = dict[str, Any]
RECEIVES = "receives_"
PROTECTION, GRADUATED = "protection", "graduated"


@dataclass(frozen=True)
class History:
    """The history facts of a family; None is not known, or, of a date, never.

    receives: programme -> whether the family receives it; a programme of which no list came is not
    in it. The months are those of `rules.clock.family_count`.
    """

    decile: int | None = None
    decile_release: str | None = None
    decile_on: date | None = None
    rank_state: str | None = None
    decile_before: int | None = None
    chance_of_poorest_40: int | None = None
    chance_of_falling: int | None = None
    rung: str | None = None
    rung_since: date | None = None
    months_protected: int = 0
    months_since_start: int = 0
    months_unsure: int = 0
    support_open: bool | None = False
    clock_bound_open: bool | None = False
    supported_since: date | None = None
    shock: str | None = None
    shock_on: date | None = None
    extended_until: date | None = None
    above_first: date | None = None
    above_last: date | None = None
    above_months: int = 0
    above_observers: int = 0
    visited_on: date | None = None
    income_seen: int | None = None
    income_seen_on: date | None = None
    statement: str | None = None
    minutes: bool = False
    graduated_on: date | None = None
    last_exit: str | None = None
    suspension_open: bool = False
    receives: Mapping[str, bool] = field(default_factory=dict)

    def facts(self) -> dict[str, Value]:
        """By the names that conditions use."""
        return _facts(self)


@dataclass(frozen=True)
class PersonHistory:
    """The history facts of a person."""

    months_counted: int = 0
    months_counted_since_start: int = 0
    months_unsure: int = 0
    case_open: bool = False
    case_reviewed_on: date | None = None
    case_closed_on: date | None = None
    need_assessed: str | None = None
    need_assessed_on: date | None = None
    assessed_disabled: bool = False
    assessed_grade: str | None = None
    exempt_claimed: bool = False
    group_member: bool = False
    receives: Mapping[str, bool] = field(default_factory=dict)

    def facts(self) -> dict[str, Value]:
        """By the names that conditions use."""
        return _facts(self)


def _facts(history: History | PersonHistory) -> dict[str, Value]:
    plain = {f.name: getattr(history, f.name) for f in fields(history) if f.name != "receives"}
    return plain | {RECEIVES + name: yes for name, yes in history.receives.items()}


def family_history(records: FamilyRecords, clock: Clock, on: date) -> History:
    """The facts of a family; its months are left at zero, since they rest on who is exempt."""
    events = [e for e in records.events if e.on_date <= on]
    visits = [v for v in records.visits if v.on_date <= on]
    moves = [e for e in events if e.is_move]
    shock, shock_on = _shock(events, visits, clock, on)
    graduations = (move.on_date for move in moves if move.to == GRADUATED)
    suspended = (c for c in records.suspensions if c.kind in clock.suspension and c.opened <= on)
    return History(
        **_rank(records.rank),
        **_support(records, _last(moves), clock, on),
        shock=shock,
        shock_on=shock_on,
        extended_until=_extended(events, clock),
        **_above(visits, records, clock),
        **_visited(visits, clock, _last(moves)),
        **_income(visits, records.members, clock),
        graduated_on=max(graduations, default=None),
        last_exit=_last_exit(records.spells, events, on),
        suspension_open=any(case.is_open(clock, on) for case in suspended),
    )


def _rank(rank: Rank) -> Facts:
    plain = {"decile": rank.decile, "decile_release": rank.release, "decile_on": rank.released_on}
    said = {name: getattr(rank, name) for name in ("chance_of_poorest_40", "chance_of_falling")}
    return {**plain, "rank_state": rank.state, "decile_before": rank.before, **said}


def _support(records: FamilyRecords, move: Event | None, clock: Clock, on: date) -> Facts:
    """What the family receives, and its rung: of its last move, else by running support."""
    running = [spell for spell in records.spells if spell.runs(clock, on)]
    receives = {spell.programme for spell in running} | records.receives
    bound = {
        spell.programme
        for spell in running
        if (spell.programme, spell.component) not in records.unbound
    } | records.receives
    support, bound_open = (
        _any_of(p in some if p in records.listed else None for p in clock.programmes)
        for some in (receives, bound)
    )
    starts = (s.valid_from for s in running if s.valid_from and s.programme in clock.programmes)
    since = min(starts, default=None)
    return {
        "rung": move.to if move else PROTECTION if support else None,
        "rung_since": move.on_date if move else since if support else None,
        "support_open": support,
        "clock_bound_open": bound_open,
        "supported_since": since,
        "receives": {programme: programme in receives for programme in sorted(records.listed)},
    }


def _last(listed: list[T]) -> T | None:
    return listed[-1] if listed else None


def _any_of(answers: Iterable[bool | None]) -> bool | None:
    found = set(answers)
    return True if True in found else None if None in found else False


def _shock(
    events: list[Event], visits: list[Visit], clock: Clock, on: date
) -> tuple[str | None, date | None]:
    """The latest open shock: within `shock_months` of the day, and no return since."""
    since = months_before(on, clock.shock_months)
    found = [
        *((e.on_date, e.shock or clock.shock_unnamed) for e in events if e.event == SHOCK),
        *((v.on_date, v.shock) for v in visits if v.shock),
    ]
    struck, shock = max(
        (s for s in found if s[0] >= since), key=lambda s: s[0], default=(None, None)
    )
    over = [e for e in events if e.event in clock.shock_ends and struck and e.on_date >= struck]
    return (None, None) if over else (shock, struck)


def _extended(events: list[Event], clock: Clock) -> date | None:
    """Until when an official extended support, by name and document; never longer than may be."""
    most = clock.extension_months
    return max(
        (
            min(e.until, months_before(e.on_date, -most))
            for e in events
            if e.event == EXTENSION and e.until and e.by and e.document
        ),
        default=None,
    )


def _above(visits: list[Visit], records: FamilyRecords, clock: Clock) -> Facts:
    """The latest unbroken run of observations above the buffer."""
    run: list[Visit] = []
    for visit in visits:
        line = records.line(visit.on_date)
        if visit.result in clock.complete_visit and visit.income is not None and line is not None:
            above = visit.income >= records.members * line * clock.buffer
            run = [*run, visit] if above and records.members else []
    if not run:
        return {}
    first, last = run[0].on_date, run[-1].on_date
    return {
        "above_first": first,
        "above_last": last,
        "above_months": whole_months(first, last),
        "above_observers": len({v.worker for v in run if v.worker}),
    }


def _visited(visits: list[Visit], clock: Clock, move: Event | None) -> Facts:
    """The last complete visit; what was said and minuted since the family stands on its rung."""
    later = [v for v in visits if move is None or v.on_date >= move.on_date]
    said = _last([v for v in later if v.statement and v.statement not in clock.unsaid])
    complete = (v.on_date for v in visits if v.result in clock.complete_visit)
    return {
        "visited_on": max(complete, default=None),
        "statement": said.statement if said else None,
        "minutes": any(v.document and v.on_date >= said.on_date for v in later) if said else False,
    }


def _income(visits: list[Visit], members: int, clock: Clock) -> Facts:
    """The income per head that the last complete visit saw which saw one."""
    saw = [v for v in visits if v.result in clock.complete_visit and v.income is not None]
    if not saw or not members:
        return {}
    return {"income_seen": (saw[-1].income or 0) // members, "income_seen_on": saw[-1].on_date}


def _last_exit(spells: Iterable[Spell], events: list[Event], on: date) -> str | None:
    """The kind of the latest recorded end; one without a date is the oldest."""
    found = [
        (s.valid_to or date.min, s.exit)
        for s in spells
        if s.exit and (s.valid_to is None or s.valid_to <= on)
    ]
    found += [(e.on_date, e.exit) for e in events if e.exit]
    return max(found, key=lambda end: end[0], default=(None, None))[1]


def person_history(
    records: PersonRecords, clock: Clock, on: date, visited_on: date | None = None
) -> PersonHistory:
    """The facts of a person; months are left at zero. visited_on: the family's."""
    seen = [a for a in records.assessments if a.on_date <= on]
    need = _last([a for a in seen if a.need])
    disability = _last([a for a in seen if a.kind in clock.disability_assessment])
    claimed = max((day for day in records.claims if day <= on), default=None)
    return PersonHistory(
        **_cases(records.cases, seen, clock, on),
        need_assessed=need.need if need else None,
        need_assessed_on=need.on_date if need else None,
        assessed_disabled=bool(disability and (disability.grade or disability.finding)),
        assessed_grade=disability.grade if disability else None,
        exempt_claimed=claimed is not None and (visited_on is None or visited_on <= claimed),
        group_member=records.group_member,
        receives={p: p in records.receives for p in sorted(records.listed)},
    )


def _cases(cases: Iterable[Case], seen: Iterable[Assessment], clock: Clock, on: date) -> Facts:
    """Rehabilitation: whether a case is open, when that was last looked at, when one was closed."""
    known = [c for c in cases if c.kind in clock.rehabilitation and c.opened <= on]
    running = [c for c in known if c.is_open(clock, on)]
    looked = [c.opened for c in running]
    looked += [c.reviewed for c in running if c.reviewed and c.reviewed <= on]
    looked += [a.on_date for a in seen if running and a.kind in clock.review_assessment]
    return {
        "case_open": bool(running),
        "case_reviewed_on": max(looked, default=None),
        "case_closed_on": max((c.closed_on for c in known if c not in running), default=None),
    }
