"""The village walks the ladder for six years, month by month, in the plain reading."""

from __future__ import annotations

from datetime import date
from itertools import groupby

import pytest

from tangga.rules.answer import Answer
from tangga.rules.exits import Lasted, Spell, due_ends, lasted
from tangga.rules.holds import answer_of
from tangga.rules.ladder import Step, next_move, next_of_person, tracks
from tangga.rules.payee import proposed_payee, why_change
from village_reading import facts, today
from village_years import (
    CAST,
    FAMILIES,
    FIRST,
    LAST,
    acts,
    enrolments,
    living,
    members,
    months,
    running,
)

Due = str | None


def step(family: str, on: date) -> Step:
    return next_move(today(on), facts(family, on))


def due(found: Step) -> Due:
    return found.due.move.id if found.due else None


def walk(family: str) -> list[tuple[str, Due, str, str]]:
    """(rung, due move, first month, last month) of each stretch of months alike."""
    said = []
    for on in months():
        found = step(family, on)
        said.append((found.rung or "-", due(found), f"{on:%Y-%m}"))
    return [
        (rung, move, (alike := list(stretch))[0][2], alike[-1][2])
        for (rung, move), stretch in groupby(said, key=lambda one: one[:2])
    ]


def rows(text: str) -> list[tuple[str, Due, str, str]]:
    """`rung due first last` a line; `-` for no rung and for no move."""
    lines = [line.split() for line in text.strip().splitlines()]
    return [(r, None if move == "-" else move, first, last) for r, move, first, last in lines]


SIX_YEARS = {
    # a plan at 48 months, an extension at 60, a place at 64; out of poverty; a flood, and back
    "sari": """
        protection   -                     2026-02  2026-07
        protection   plan_empowerment      2026-08  2026-08
        protection   -                     2026-09  2027-07
        protection   decide_at_cap         2027-08  2027-08
        protection   -                     2027-09  2027-11
        protection   move_at_cap           2027-12  2027-12
        empowerment  -                     2028-01  2029-03
        empowerment  graduate              2029-04  2029-04
        graduated    -                     2029-05  2029-10
        graduated    review_fall           2029-11  2029-11
        graduated    return_to_protection  2029-12  2029-12
        protection   -                     2030-01  2030-01
        protection   plan_empowerment      2030-02  2030-07
        protection   decide_at_cap         2030-08  2030-10
        protection   move_at_cap           2030-11  2030-11
        empowerment  -                     2030-12  2032-01
    """,
    # past the cap on the day it comes into force: decided, not dropped
    "herman": """
        protection   -                     2026-02  2026-06
        protection   decide_at_cap         2026-07  2026-07
        protection   plan_empowerment      2026-08  2027-01
        protection   decide_at_cap         2027-02  2027-02
        protection   move_at_cap           2027-03  2027-03
        empowerment  -                     2027-04  2032-01
    """,
    # disabled by an accident before month 60: exempt, no clock, protection goes on
    "rosmiati": """
        protection   -                     2026-02  2027-02
        protection   plan_empowerment      2027-03  2027-05
        protection   -                     2027-06  2032-01
    """,
    # a mixed family: the able son's clock; in the end only the old man's component is left
    "karto": """
        protection   -                     2026-02  2029-12
        protection   plan_empowerment      2030-01  2030-12
        protection   decide_at_cap         2031-01  2031-01
        protection   plan_empowerment      2031-02  2031-07
        protection   decide_at_cap         2031-08  2031-08
        protection   -                     2031-09  2032-01
    """,
    # just above, hit by a failed harvest: watch, empowerment; never a month of support
    "sudana": """
        -            -                     2026-02  2027-01
        -            watch                 2027-02  2027-02
        watch        -                     2027-03  2027-04
        watch        empower_from_watch    2027-05  2027-05
        empowerment  -                     2027-06  2032-01
    """,
    # decile 6, the earner lost his work, the girl near dropping out: followed for twelve months
    "yanto": """
        -            watch                 2026-02  2026-02
        watch        -                     2026-03  2027-02
        watch        review_watch          2027-03  2027-03
        -            -                     2027-04  2032-01
    """,
    "jumadi": "-  -  2026-02  2032-01",  # both parents past 60, the son disabled: tracks only
    "paimin": "-  -  2026-02  2032-01",  # in no list, without rank: nothing rests on not known
    "siregar": "-  -  2026-02  2032-01",
}  # fmt: skip


@pytest.mark.parametrize("family", SIX_YEARS)
def test_six_years(family: str) -> None:
    assert walk(family) == rows(SIX_YEARS[family])


@pytest.mark.parametrize(
    ("family", "on", "months_protected"),
    [
        ("sari", date(2026, 8, 31), 48),
        ("sari", date(2027, 8, 31), 60),
        ("sari", date(2027, 12, 31), 64),
        ("sari", date(2029, 4, 30), 65),  # the clock pauses, and never begins anew
        ("sari", date(2030, 4, 30), 65),  # support again, but the months of the flood count not
        ("sari", date(2030, 5, 31), 66),
        ("herman", date(2026, 7, 31), 67),
        ("rosmiati", date(2027, 5, 31), 50),
        ("rosmiati", date(2027, 6, 30), 0),  # exempt: no clock
        ("karto", date(2031, 1, 31), 60),  # the head is exempt: the able son's months
        ("sudana", LAST, 0),
        ("yanto", LAST, 0),
    ],
)
def test_the_clock(family: str, on: date, months_protected: int) -> None:
    assert facts(family, on).get("months_protected") == months_protected


def test_nobody_passes_sixty_months_without_a_decision_or_the_queue() -> None:
    for on in months():
        if not today(on).cap_in_force:
            continue
        for family in FAMILIES:
            one = facts(family, on)
            past = one.get("months_protected") >= 60 and one.get("must_climb_adults") != 0  # type: ignore[operator]
            if past and one.get("rung") == "protection" and one.get("clock_bound_open"):
                until = one.get("extended_until")
                extended = until is not None and until > on  # type: ignore[operator]
                queued = due(step(family, on)) in ("decide_at_cap", "move_at_cap")
                assert extended or queued, (family, on)


def test_before_the_cap_is_in_force_nothing_rests_on_it() -> None:
    for on in (FIRST, date(2026, 6, 30)):
        for family in FAMILIES:
            found = step(family, on)
            assert found.due is None or not found.due.move.under_cap
    assert [s.move.id for s in step("herman", FIRST).listed] == [
        "decide_at_cap",
        "plan_empowerment",
    ]


def test_every_rung_that_was_recorded_was_due_in_the_month_before_or_is_a_way_out() -> None:
    for family in FAMILIES:
        for act in acts(LAST, "rung", family):
            before = (
                max(on for on in (*months(), FIRST) if on < act.on) if act.on > FIRST else FIRST
            )
            found = step(family, before)
            leads_to = found.due.move.to if found.due else None
            assert leads_to == act.said["rung"], (family, act)


# --- persons ------------------------------------------------------------------------------------


def track_of(person: str, track: str) -> list[tuple[Due, str, str]]:
    """(due move, first month, last month) on a track."""
    family, said = CAST[person].family, []
    for on in months():
        one = facts(family, on)
        number = [m.get("person_id") for m in one.members].index(person)
        said.append((due(next_of_person(today(on), one, number, track)), f"{on:%Y-%m}"))
    stretches = ((move, list(alike)) for move, alike in groupby(said, key=lambda one: one[0]))
    return [(move, alike[0][1], alike[-1][1]) for move, alike in stretches if move]


def test_anton_is_held_and_nobody_else() -> None:
    assert track_of("anton", "rehabilitation") == [
        ("rehabilitate", "2026-03", "2026-03"),
        ("review_rehabilitation", "2026-06", "2026-06"),  # 90 days after it was opened
        ("lapse_rehabilitation", "2026-10", "2026-10"),  # a review missed: to the dinas's queue
        ("close_rehabilitation", "2027-01", "2027-01"),
    ]
    assert track_of("anton", "empowerment") == [("empower_person", "2027-03", "2027-05")]
    # the same months, his sister goes on
    on = date(2026, 9, 30)
    assert due(next_of_person(today(on), facts("sari", on), 0, "empowerment")) == "empower_person"


def test_no_track_changes_the_rung_of_a_family() -> None:
    for on in months():
        for family in FAMILIES:
            one = facts(family, on)
            for number in range(len(one.members)):
                for track in tracks(today(on)):
                    assert next_of_person(today(on), one, number, track).rung == one.get("rung")


# --- payees, ends -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "payee", "why", "proposed"),
    [
        (date(2025, 10, 31), "rosmi", None, "rosmi"),
        (date(2025, 11, 30), "rosmi", "dead", "herman"),  # no other grown woman
        (date(2026, 1, 31), "rosmi", "dead", "herman"),
        (date(2026, 2, 28), "herman", None, "herman"),
        (date(2029, 1, 31), "herman", None, "aisyah"),  # she is of age; he stays all the same
    ],
)
def test_the_payee_of_the_hermans(on: date, payee: str, why: Due, proposed: str) -> None:
    (spell,) = (e for e in enrolments(on) if e.id == "rosmi")
    assert spell.payee == payee
    one = facts("herman", on)
    dead = [villager.key for villager in members("herman") if acts(on, "death", villager.key)]
    assert why_change(today(on), one, spell.payee, dead) == why
    assert proposed_payee(today(on), one).person_id == proposed


def component_answers(family: str, on: date) -> dict[tuple[str, str, str], Answer]:
    """(programme, component, person) -> whether the person fits."""
    one = facts(family, on)
    return {
        (programme, component.id, str(member.get("person_id"))): answer_of(
            component.who, member, on
        )
        for programme, (_, rule) in today(on).programmes.items()
        for component in rule.says.benefit.components
        for member in one.members
    }


def ends(family: str, on: date) -> list[tuple[str, str]]:
    """(spell, exit) of what should end."""
    spells = {
        e.id: Spell(e.programme, e.since, e.until, e.component, e.person if e.component else "")
        for e in running(family, on)
    }
    dead = [villager.key for villager in members(family) if acts(on, "death", villager.key)]
    found = due_ends(
        spells.values(), on, component_answers(family, on), len(living(family, on)), dead
    )
    return [(id_, end.exit) for end in found for id_, spell in spells.items() if spell is end.spell]


@pytest.mark.parametrize(
    ("family", "on", "found"),
    [
        ("karto", date(2027, 6, 30), []),
        ("karto", date(2027, 7, 31), [("rizky-school", "natural")]),
        ("karto", date(2027, 8, 31), []),  # ended; the old man's goes on
        ("karto", LAST, []),
        ("tukinem", date(2026, 2, 28), [("tukinem", "all_died")]),
        ("herman", date(2026, 2, 28), []),  # the mother died: the family's support goes on
        ("rosmiati", LAST, []),
        ("sari", date(2027, 12, 31), []),
    ],
)
def test_ends_that_are_due(family: str, on: date, found: list[tuple[str, str]]) -> None:
    assert ends(family, on) == found


def test_a_graduation_that_did_not_last() -> None:
    (graduated,) = (a.on for a in acts(LAST, "rung", "sari") if a.said["rung"] == "graduated")
    back = [a.on for a in acts(LAST, "rung", "sari") if a.said["rung"] == "protection"]
    assert lasted(graduated, back, date(2029, 12, 31)) is Lasted.TOO_EARLY
    assert lasted(graduated, back, date(2030, 1, 31)) is Lasted.FELL
    assert lasted(graduated, back, LAST) is Lasted.FELL
