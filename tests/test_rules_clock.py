"""The clock of one person and of one family: tables by hand, and what no change of form changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.registry import load_pack
from tangga.rules.clock import (
    Adult,
    Claimant,
    FamilyCount,
    Grant,
    Stay,
    case_months,
    collected,
    counted,
    counts,
    disaster_months,
    family_count,
    months_between,
    months_of,
    reached,
)
from tangga.rules.clock_settings import Clock
from tangga.rules.days import first_day, month_of
from tangga.rules.load import load_policy
from tangga.rules.values import Range

ON = date(2026, 1, 31)


@cache
def the_clock() -> Clock:
    return Clock.of(load_policy(load_pack("indonesia")).on(ON).clock.says)


def spell(first: str, last: str | None = None, programme: str = "pkh", **given: str) -> Grant:
    """Days inclusive; of Ani in family f."""
    return Grant("f", "ani", programme, _day(first), _day(last), **given)  # type: ignore[arg-type]


def payment(
    first: str, last: str | None, state: str | None = "paid", programme: str = "pkh"
) -> Grant:
    return Grant("f", "ani", programme, _day(first), _day(last), state, paid=True)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


SPELLS_AND_PAYMENTS = {
    "a spell that runs counts to the month of the day": ([spell("2025-11-15")], 3),
    "one that ended counts the month of its last day": ([spell("2025-01-01", "2025-03-31")], 3),
    "a day of a month is the month": ([spell("2025-01-31", "2025-02-01")], 2),
    "two programmes count a month once": (
        [spell("2025-11-01"), spell("2025-10-01", programme="sembako")],
        4,
    ),
    "PBI-JK never counts": ([spell("2020-01-01", programme="pbi_jk")], 0),
    "nobody knows since when": ([Grant("f", "ani", "pkh", None, None)], 0),
    "over, nobody knows since when": ([spell("2020-01-01", state="ended")], 0),
    "ended, and one knows when": ([spell("2020-01-01", "2020-02-29", state="ended")], 2),
    "proposed only": ([spell("2025-01-01", state="proposed")], 0),
    "waiting only": ([spell("2025-01-01", state="waiting")], 0),
    "cancelled": ([spell("2025-01-01", "2025-06-30", state="cancelled")], 0),
    "a quarter paid is three months": ([payment("2025-01-01", "2025-03-31")], 3),
    "a payment without a state was made": ([payment("2025-01-01", "2025-03-31", None)], 3),
    "a pending payment counts nothing": ([payment("2025-01-01", "2025-03-31", "pending")], 0),
    "a failed payment counts nothing": ([payment("2025-01-01", "2025-03-31", "failed")], 0),
    "one end of a period is its month": ([payment("2025-01-01", None)], 1),
    "a payment without a period": ([Grant("f", "ani", "pkh", None, None, "paid", paid=True)], 0),
    "arrears count for the months they cover": (
        [payment("2025-10-01", "2025-12-31"), payment("2025-04-01", "2025-06-30")],
        6,
    ),
    "a failed payment takes the month of the enrolment": (
        [spell("2025-01-01", "2025-06-30"), payment("2025-04-01", "2025-06-30", "failed")],
        3,
    ),
    "unless it was paid after all": (
        [
            spell("2025-01-01", "2025-06-30"),
            payment("2025-04-01", "2025-06-30", "failed"),
            payment("2025-04-01", "2025-05-31"),
        ],
        5,
    ),
    "or the other programme ran": (
        [
            spell("2025-01-01", "2025-06-30"),
            payment("2025-04-01", "2025-06-30", "failed"),
            spell("2025-04-01", "2025-04-30", programme="sembako"),
        ],
        4,
    ),
    "nothing after the day": ([payment("2026-01-01", "2026-03-31")], 1),
    "a gap pauses": ([spell("2020-01-01", "2020-12-31"), spell("2025-02-01")], 24),
}


@pytest.mark.parametrize("name", SPELLS_AND_PAYMENTS)
def test_months_of_support(name: str) -> None:
    grants, expected = SPELLS_AND_PAYMENTS[name]
    assert len(months_of(grants, the_clock(), ON)) == expected


def test_what_counts_is_data() -> None:
    clock = replace(the_clock(), programmes=("yapi",), enrolment_counts=("proposed",))
    assert counts(spell("2025-01-01", programme="yapi", state="proposed"), clock)
    assert not counts(spell("2025-01-01"), clock)


def months(first: str, last: str) -> frozenset[int]:
    return months_between(date.fromisoformat(first), date.fromisoformat(last), ON)


ALL_2025 = months("2025-01-01", "2025-12-31")
AGES = [
    ("of age all year", Adult(date(1990, 4, 12)), 12, 0),
    ("18 on the first of a month: that month", Adult(date(2007, 7, 1)), 6, 0),
    ("18 within a month: from the next", Adult(date(2007, 7, 2)), 5, 0),
    ("60 on the first of a month: not that month", Adult(date(1965, 7, 1)), 6, 0),
    ("60 within a month: that month still", Adult(date(1965, 7, 2)), 7, 0),
    ("born on 29 February", Adult(date(2004, 2, 29)), 12, 0),
    ("18 on 29 February, which 2022 lacks", Adult(date(2007, 2, 28)), 10, 0),
    ("at school", Adult(date(1990, 1, 1), at_school=True), 0, 0),
    ("birth date not known", Adult(None), 0, 12),
    (
        "only the year known, of age all year",
        Adult(Range(date(1990, 1, 1), date(1990, 12, 31))),
        12,
        0,
    ),
    (
        "only the year known, 18 in the year",
        Adult(Range(date(2007, 1, 1), date(2007, 12, 31))),
        0,
        12,
    ),
    (
        "only the year known, 60 in the year",
        Adult(Range(date(1965, 1, 1), date(1965, 12, 31))),
        0,
        12,
    ),
    ("born before a day, as far as is known", Adult(Range(None, date(2000, 1, 1))), 0, 12),
    ("born after a day, as far as is known", Adult(Range(date(2000, 1, 1), None)), 0, 12),
    (
        "in rehabilitation for a quarter",
        Adult(date(1990, 1, 1), cases=months("2025-02-10", "2025-04-02")),
        9,
        0,
    ),
]


@pytest.mark.parametrize(("name", "adult", "sure", "unsure"), AGES, ids=[a[0] for a in AGES])
def test_who_collects_at_what_age(name: str, adult: Adult, sure: int, unsure: int) -> None:
    found = counted(ALL_2025, adult, the_clock())
    assert (len(found.sure), len(found.unsure)) == (sure, unsure)


def test_since_the_start() -> None:
    found = counted(ALL_2025, Adult(date(1990, 1, 1)), the_clock())
    assert found.since(the_clock().starts_on) == 10


def test_months_of_a_case_and_of_a_disaster() -> None:
    assert case_months(date(2025, 11, 20), None, ON) == months("2025-11-01", "2026-01-31")
    assert case_months(date(2025, 11, 20), date(2025, 12, 1), ON) == months(
        "2025-11-01", "2025-12-31"
    )
    clock = the_clock()
    struck = date(2025, 1, 31)
    assert disaster_months(struck, None, clock, ON) == months("2025-01-01", "2025-06-30")
    assert disaster_months(struck, date(2025, 3, 2), clock, ON) == months(
        "2025-01-01", "2025-03-31"
    )
    assert disaster_months(date(2025, 12, 9), None, clock, ON) == months("2025-12-01", "2026-01-31")


def _collected(grants: list[Grant], stays: list[Stay]) -> dict[str, int]:
    found = collected(grants, stays, the_clock(), ON)
    return {person: len(months) for person, months in sorted(found.items())}


def test_adults_of_the_family_collect_with_the_one_named() -> None:
    stays = [Stay("ani", "f"), Stay("budi", "f", date(2025, 4, 10)), Stay("citra", "g")]
    assert _collected([spell("2025-01-01", "2025-12-31")], stays) == {"ani": 12, "budi": 9}


def test_after_a_divorce_each_carries_their_own() -> None:
    """Ani's support stands with her family of today; Budi was with her in the old one till June."""
    stays = [
        Stay("ani", "old", None, date(2025, 7, 1)),
        Stay("ani", "f", date(2025, 7, 1)),
        Stay("budi", "old"),
        Stay("dodi", "f"),
    ]
    assert _collected([spell("2025-01-01", "2025-12-31")], stays) == {
        "ani": 12,
        "budi": 6,
        "dodi": 6,
    }


def test_a_family_goes_on_after_the_one_named_has_left_or_died() -> None:
    stays = [Stay("ani", "f", None, date(2025, 7, 1)), Stay("budi", "f")]
    assert _collected([spell("2025-01-01", "2025-12-31")], stays) == {"ani": 12, "budi": 12}


def test_a_row_that_names_a_card_reaches_who_stood_on_it() -> None:
    row = replace(spell("2025-01-01", "2025-12-31"), person=None, card="K1")
    stays = [
        Stay("ani", "x", None, date(2025, 3, 10), card="K1"),
        Stay("budi", "f", date(2025, 6, 1)),
        Stay("citra", "x", card="K2"),
    ]
    assert _collected([row], stays) == {"ani": 3, "budi": 7}
    assert _collected([replace(row, card=None)], stays) == {"budi": 7}


def test_a_person_in_no_family_collects_alone() -> None:
    assert _collected([replace(spell("2025-01-01", "2025-12-31"), family=None)], []) == {"ani": 12}


def test_a_disaster_stops_the_clock_of_a_family() -> None:
    struck = {"f": months("2025-01-01", "2025-03-31")}
    found = collected([spell("2025-01-01", "2025-12-31")], [], the_clock(), ON, struck)
    assert len(found["ani"]) == 9


FAMILIES = [
    ("nobody", [], 0),
    (
        "the larger of head's and spouse's",
        [Claimant(41, leads=True), Claimant(20, leads=True), Claimant(90)],
        41,
    ),
    (
        "an exempt head counts not",
        [Claimant(61, leads=True, exempt=True), Claimant(20, leads=True)],
        20,
    ),
    (
        "both exempt: the eldest able adult's",
        [
            Claimant(61, leads=True, exempt=True),
            Claimant(61, leads=True, exempt=True),
            Claimant(7, born=date(1990, 1, 1)),
            Claimant(9, born=Range(None, date(1980, 1, 1))),
            Claimant(11),
            Claimant(50, able=False),
            Claimant(50, exempt=True),
        ],
        9,
    ),
    ("nobody able: no clock", [Claimant(61, leads=True, exempt=True), Claimant(61, able=None)], 0),
    ("not known to be exempt counts", [Claimant(61, leads=True, exempt=None)], 61),
]


@pytest.mark.parametrize(("name", "members", "months"), FAMILIES, ids=[f[0] for f in FAMILIES])
def test_whose_months_are_the_familys(name: str, members: list[Claimant], months: int) -> None:
    assert family_count(members).months_protected == months


def test_both_readings_and_what_is_unsure() -> None:
    members = [
        Claimant(41, unsure=0, since_start=5, leads=True),
        Claimant(30, unsure=20, since_start=9, leads=True),
    ]
    assert family_count(members) == FamilyCount(41, 9, 9)


@pytest.mark.parametrize(
    ("months", "on", "full"),
    [(47, date(2026, 2, 14), date(2027, 3, 1)), (41, ON, date(2027, 8, 1)),
     (60, ON, date(2026, 1, 1)), (75, ON, date(2026, 1, 1))],
)  # fmt: skip
def test_when_five_years_are_reached(months: int, on: date, full: date) -> None:
    assert first_day(reached(months, 60, on)) == full


# --- no change of form changes the months ------------------------------------------------------

days = st.dates(date(2018, 1, 1), date(2026, 6, 1))
people = st.sampled_from(["ani", "budi", "citra"])
homes = st.sampled_from(["f", "g", "h"])
states = st.sampled_from([None, "active", "ended", "waiting", "cancelled"])
paid_states = st.sampled_from([None, "paid", "failed", "returned", "pending"])
programmes = st.sampled_from(["pkh", "sembako", "pip"])


@st.composite
def grants(draw: st.DrawFn) -> Grant:
    paid = draw(st.booleans())
    first = draw(days)
    last = draw(st.none() | st.integers(0, 900).map(lambda n: first + timedelta(n)))
    return Grant(
        family=draw(st.none() | homes),
        person=draw(st.none() | people),
        programme=draw(programmes),
        first=first,
        last=last,
        state=draw(paid_states if paid else states),
        paid=paid,
        card=draw(st.none() | st.sampled_from(["K1", "K2"])),
    )


@st.composite
def stays(draw: st.DrawFn) -> Stay:
    since = draw(st.none() | days)
    until = draw(
        st.none() | st.integers(1, 2000).map(lambda n: (since or date(2018, 1, 1)) + timedelta(n))
    )
    return Stay(
        draw(people), draw(homes), since, until, draw(st.none() | st.sampled_from(["K1", "K2"]))
    )


lists = st.lists(grants(), max_size=5)
lives = st.lists(stays(), max_size=5)


@settings(max_examples=120, deadline=None)
@given(lists, lives, st.data())
def test_rows_twice_and_in_any_order_give_the_same_months(
    rows: list[Grant], lived: list[Stay], data: st.DataObject
) -> None:
    again = data.draw(st.permutations([*rows, *rows])) if rows else []
    found = collected(rows, lived, the_clock(), ON)
    assert collected(again, [*reversed(lived), *lived], the_clock(), ON) == found


@settings(max_examples=120, deadline=None)
@given(lists, lives, st.data())
def test_a_spell_cut_in_two_gives_the_same_months(
    rows: list[Grant], lived: list[Stay], data: st.DataObject
) -> None:
    whole = [g for g in rows if not g.paid and g.first and g.last and g.first < g.last]
    if not whole:
        return
    spell_ = data.draw(st.sampled_from(whole))
    cut = data.draw(st.dates(spell_.first, spell_.last - timedelta(1)))
    parts = [replace(spell_, last=cut), replace(spell_, first=cut + timedelta(1))]
    cut_up = [*(g for g in rows if g is not spell_), *parts]
    assert collected(cut_up, lived, the_clock(), ON) == collected(rows, lived, the_clock(), ON)


@settings(max_examples=120, deadline=None)
@given(lists, lives)
def test_a_new_id_for_a_family_or_person_changes_nothing(
    rows: list[Grant], lived: list[Stay]
) -> None:
    """Families merged under a new id, and persons, are whom they were."""

    def renamed(text: str | None) -> str | None:
        return f"new-{text}" if text else text

    found = collected(rows, lived, the_clock(), ON)
    moved = collected(
        [replace(g, family=renamed(g.family), person=renamed(g.person)) for g in rows],
        [replace(s, family=f"new-{s.family}", person=f"new-{s.person}") for s in lived],
        the_clock(),
        ON,
    )
    assert moved == {f"new-{person}": months for person, months in found.items()}


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(days, st.integers(0, 700)), max_size=4), days)
def test_a_new_card_neither_loses_nor_doubles_a_month(
    spans: list[tuple[date, int]], split: date
) -> None:
    """A couple whose family gets a new id on a day: all rows now stand with the new one."""
    rows = [Grant("new", "ani", "pkh", first, first + timedelta(n)) for first, n in spans]
    stayed = [Stay(p, "new") for p in ("ani", "budi")]
    moved = [
        stay
        for p in ("ani", "budi")
        for stay in (Stay(p, "old", None, split), Stay(p, "new", split))
    ]
    assert collected(rows, moved, the_clock(), ON) == collected(rows, stayed, the_clock(), ON)


@settings(max_examples=100, deadline=None)
@given(lists, lives, grants())
def test_more_rows_never_take_a_month_unless_they_failed(
    rows: list[Grant], lived: list[Stay], more: Grant
) -> None:
    if more.paid and more.state in the_clock().payment_fails:
        return
    found = collected(rows, lived, the_clock(), ON)
    grown = collected([*rows, more], lived, the_clock(), ON)
    assert all(months <= grown[person] for person, months in found.items())


@settings(max_examples=100, deadline=None)
@given(lists, lives, days)
def test_an_earlier_day_sees_a_part(rows: list[Grant], lived: list[Stay], before: date) -> None:
    if before > ON:
        return
    found = collected(rows, lived, the_clock(), ON)
    earlier = collected(rows, lived, the_clock(), before)
    assert earlier == {
        person: seen
        for person, months in found.items()
        if (seen := frozenset(m for m in months if m <= month_of(before)))
    }
