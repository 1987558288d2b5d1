"""Support through time: a fold over lists and changes, checked against a day-by-day reading."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.rules.days import month_of
from tangga.web.programmes.owed import Deaths, parts_of
from tangga.web.programmes.timeline import (
    CLOSE,
    CLOSED,
    OPEN,
    PAUSE,
    PAUSED,
    PAYEE,
    RESUME,
    RUNNING,
    Change,
    Kind,
    Listed,
    timeline,
)

START = date(2026, 1, 1)
HOME = Kind("F1", "sembako")
CHILD = Kind("F1", "pkh", "P1", "primary")
ELDER = Kind("F1", "pkh", "P2", "elderly")


def day(number: int) -> date:
    return START + timedelta(days=number)


def at(found, when, kind=HOME):
    return next((one for one in found if one.kind == kind and one.holds(when)), None)


days = st.integers(0, 60).map(day)
ends = st.one_of(st.none(), days)
kinds = st.sampled_from([HOME, CHILD, ELDER])
wider = st.sampled_from([HOME, CHILD, ELDER, Kind("F1", "pkh"), Kind("F1", "pkh", "P1")])


@st.composite
def listings(draw):
    start = draw(days)
    length = draw(st.one_of(st.none(), st.integers(1, 40)))
    end = None if length is None else start + timedelta(days=length)
    return Listed(draw(kinds), start, end, draw(st.booleans()), draw(st.sampled_from("abc")))


@st.composite
def alterations(draw):
    what = draw(st.sampled_from([OPEN, CLOSE, PAUSE, RESUME, PAYEE]))
    kind = draw(kinds if what == OPEN else wider)
    start = draw(days)
    length = draw(st.one_of(st.none(), st.integers(1, 40))) if what == OPEN else None
    end = None if length is None else start + timedelta(days=length)
    payee = draw(st.sampled_from(["x", "y"])) if what == PAYEE else ""
    return Change(kind, what, start, end, payee=payee)


def plainly(listed, changes, kind, when):
    """(state, payee) of one day, by going through everything that was said, in order."""
    spells = [*listed]
    spells += [
        Listed(one.kind, one.valid_from, one.valid_to) for one in changes if one.change == OPEN
    ]
    there = [
        one
        for one in spells
        if one.kind == kind
        and one.valid_from <= when
        and (one.valid_to is None or when < one.valid_to)
    ]
    if not there:
        return None
    spell = max(there, key=lambda one: (not one.paused, one.valid_from, one.document))
    state, payee = (PAUSED if spell.paused else RUNNING), spell.payee
    for one in changes:
        if not one.kind.covers(kind) or not one.holds(when):
            continue
        if one.payee:
            payee = one.payee
        if one.change in (OPEN, RESUME):
            state = RUNNING
        elif one.change == CLOSE:
            state = CLOSED
        elif one.change == PAUSE and state != CLOSED:
            state = PAUSED
    return state, payee


@settings(deadline=None, max_examples=150)
@given(st.lists(listings(), max_size=4), st.lists(alterations(), max_size=5))
def test_the_timeline_is_what_was_said_day_by_day(listed, changes):
    found = timeline(listed, changes)
    for kind in (HOME, CHILD, ELDER):
        for number in range(-1, 110, 3):
            when = day(number)
            expected = plainly(listed, changes, kind, when)
            piece = at(found, when, kind)
            state = None if piece is None else (piece.state, piece.payee)
            assert state == expected
    for one, other in pairwise(found):
        assert one.kind != other.kind or one.valid_to <= other.valid_from


def test_resuming_from_the_day_of_the_stop_leaves_no_trace():
    listed = [Listed(HOME, date(2025, 1, 1), payee="p")]
    stopped = Change(HOME, CLOSE, date(2026, 3, 1), exit="not_eligible")
    back = Change(HOME, RESUME, date(2026, 3, 1))
    assert at(timeline(listed, [stopped]), date(2026, 3, 1)).state == CLOSED
    restored = timeline(listed, [stopped, back])
    assert {one.state for one in restored} == {RUNNING}


def test_a_pause_never_opens_what_was_closed():
    listed = [Listed(HOME, date(2025, 1, 1))]
    changes = [Change(HOME, CLOSE, date(2026, 2, 1)), Change(HOME, PAUSE, date(2026, 1, 1))]
    found = timeline(listed, changes)
    assert at(found, date(2026, 1, 15)).state == PAUSED
    assert at(found, date(2026, 2, 15)).state == CLOSED


def test_a_change_of_the_whole_programme_is_one_of_every_part():
    listed = [Listed(CHILD, date(2025, 1, 1)), Listed(ELDER, date(2025, 1, 1))]
    found = timeline(listed, [Change(Kind("F1", "pkh"), PAUSE, date(2026, 1, 1))])
    assert {at(found, date(2026, 1, 2), kind).state for kind in (CHILD, ELDER)} == {PAUSED}
    found = timeline(listed, [Change(Kind("F1", "pkh", "P2"), CLOSE, date(2026, 1, 1))])
    assert at(found, date(2026, 1, 2), CHILD).state == RUNNING
    assert at(found, date(2026, 1, 2), ELDER).state == CLOSED


def quarter(year: int, number: int) -> tuple[int, int]:
    first = month_of(date(year, 3 * number - 2, 1))
    return first, first + 3


def test_a_death_ends_only_that_persons_part_after_its_month():
    listed = [Listed(CHILD, date(2025, 1, 1)), Listed(ELDER, date(2025, 1, 1))]
    deaths = Deaths({"P2": date(2026, 1, 20)})
    parts = parts_of(timeline(listed, []), deaths, *quarter(2026, 1))
    assert {part.kind.component: part.amount for part in parts} == {
        "primary": 225_000,
        "elderly": 200_000,
    }
    parts = parts_of(timeline(listed, []), deaths, *quarter(2026, 2))
    assert [(part.kind.component, part.amount) for part in parts] == [("primary", 225_000)]


def test_a_death_of_which_nobody_knows_the_day_leaves_the_amount_open():
    parts = parts_of(
        timeline([Listed(ELDER, date(2025, 1, 1))], []), Deaths({"P2": None}), *quarter(2026, 1)
    )
    assert [(part.amount, part.undated) for part in parts] == [(None, True)]


def test_a_paused_month_is_not_owed_and_is_told():
    changes = [Change(HOME, PAUSE, date(2026, 2, 10)), Change(HOME, RESUME, date(2026, 3, 5))]
    parts = parts_of(
        timeline([Listed(HOME, date(2025, 1, 1))], changes), Deaths(), *quarter(2026, 1)
    )
    assert [(len(part.months), len(part.paused), part.amount) for part in parts] == [
        (3, 0, 600_000)
    ]
    changes = [Change(HOME, PAUSE, date(2026, 1, 31))]
    parts = parts_of(
        timeline([Listed(HOME, date(2025, 1, 1))], changes), Deaths(), *quarter(2026, 1)
    )
    assert [(len(part.months), len(part.paused), part.amount) for part in parts] == [
        (1, 2, 200_000)
    ]


def test_the_whole_and_its_components_are_never_owed_twice():
    whole = Kind("F1", "pkh")
    listed = [Listed(whole, date(2025, 1, 1)), Listed(CHILD, date(2026, 2, 1))]
    parts = parts_of(timeline(listed, []), Deaths(), *quarter(2026, 1), yearly=1_200_000)
    assert {part.kind.component: (part.months, part.amount) for part in parts} == {
        "": ((month_of(date(2026, 1, 1)),), 100_000),
        "primary": ((month_of(date(2026, 2, 1)), month_of(date(2026, 3, 1))), 150_000),
    }


def test_the_quarters_of_an_uneven_amount_sum_to_the_year():
    kind = Kind("F1", "pkh", "P1", "upper_secondary")
    pieces = timeline([Listed(kind, date(2020, 1, 1))], [])
    due = [parts_of(pieces, Deaths(), *quarter(2026, n))[0].amount for n in (1, 2, 3, 4)]
    assert due == [500_000] * 4
    first = month_of(date(2026, 1, 1))
    monthly = [parts_of(pieces, Deaths(), first + n, first + n + 1)[0].amount for n in range(12)]
    assert sum(monthly) == 2_000_000 and set(monthly) == {166_666, 166_667}
