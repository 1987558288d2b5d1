"""Exits told apart; which ends are due on proof; lulus / bertahan."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.registry import load_pack
from tangga.rules.answer import NO, NOT_KNOWN, YES, Answer
from tangga.rules.exits import (
    DueEnd,
    Lasted,
    Spell,
    counts,
    due_ends,
    ended_by_cap,
    kind_of_end,
    lasted,
)
from tangga.rules.load import load_policy

ON = date(2026, 1, 31)
BEGAN, OVER = date(2024, 1, 1), date(2026, 1, 1)
EXITS = load_policy(load_pack("indonesia")).on(ON).setting("exits")

PKH = Spell("pkh", BEGAN)
SEMBAKO = Spell("sembako", BEGAN, person_id="sari")
SCHOOL = Spell("pkh", BEGAN, component="upper_secondary", person_id="rizky")
ELDER = Spell("pkh", BEGAN, component="elderly", person_id="karto")


@pytest.mark.parametrize(
    ("exit_", "reason", "component", "anybody_left", "kind"),
    [
        ("independent", "", "", True, "independent"),
        ("natural", "moved", "", True, "natural"),  # what was recorded stands
        ("", "moved", "", True, "moved"),
        ("", "refused", "", True, "resigned"),
        ("", "gambling", "", True, "sanctioned"),
        ("", "decile_rose", "", True, "not_eligible"),
        ("", "electricity", "", True, "not_eligible"),
        ("", "died", "", False, "all_died"),
        ("", "died", "elderly", True, "natural"),
        ("", "died", "", True, None),  # of a family that remains: nobody said what it was
        ("", "other", "", True, None),
        ("", "", "", True, None),
    ],
)
def test_kind_of_end(
    exit_: str, reason: str, component: str, anybody_left: bool, kind: str | None
) -> None:
    spell = Spell("pkh", BEGAN, OVER, component, "karto", exit_, reason)
    assert kind_of_end(EXITS, spell, anybody_left) == kind


def test_what_runs_has_no_exit() -> None:
    assert kind_of_end(EXITS, Spell("pkh", BEGAN, exit="natural"), True) is None


def test_only_independence_counts_toward_the_target() -> None:
    every = load_pack("indonesia").codes["exit"].codes
    assert [code for code in every if counts(EXITS, code)] == ["independent"]
    assert not counts(EXITS, None)


def test_every_exit_of_the_list_has_its_source() -> None:
    by_reason = {"not_eligible", "all_died", "moved", "resigned", "sanctioned"}
    by_move = {"independent", "to_empowerment", "natural"}
    assert by_reason | by_move == set(load_pack("indonesia").codes["exit"].codes)
    said = [reason for exit_ in by_reason for reason in EXITS.says[exit_]]
    assert len(said) == len(set(said))


def answers(**of: Answer) -> dict[tuple[str, str, str], Answer]:
    """`school` and `elder`: whether Rizky and Mbah Karto fit their components."""
    keys = {
        "school": ("pkh", "upper_secondary", "rizky"),
        "elder": ("pkh", "elderly", "karto"),
    }
    return {keys[name]: answer for name, answer in of.items()}


@pytest.mark.parametrize(
    ("spells", "said", "due"),
    [
        # Mbah Karto: the grandson leaves school, his component ends; the old man's goes on
        ([PKH, SCHOOL, ELDER], answers(school=NO, elder=YES), [SCHOOL]),
        # his birth date is erased: nothing ends
        ([PKH, SCHOOL, ELDER], answers(school=YES, elder=NOT_KNOWN), []),
        ([PKH, SCHOOL, ELDER], answers(school=NO, elder=NOT_KNOWN), [SCHOOL]),
        ([PKH, SCHOOL], answers(), []),  # nothing is said: nothing ends
        ([PKH, SCHOOL], answers(school=NO), [SCHOOL, PKH]),
        ([PKH], answers(school=NO, elder=NO), [PKH]),
        ([PKH], answers(school=NO, elder=NOT_KNOWN), []),
        # one running component that still holds keeps the programme, whatever others say
        ([PKH, ELDER], answers(school=NO), []),
        # a programme without components never ends for want of one
        ([SEMBAKO], answers(school=NO, elder=NO), []),
        ([Spell("pkh", BEGAN, OVER)], answers(school=NO), []),
    ],
)
def test_due_ends(
    spells: list[Spell], said: dict[tuple[str, str, str], Answer], due: list[Spell]
) -> None:
    assert due_ends(spells, ON, said, living=2) == [DueEnd(spell, "natural") for spell in due]


def test_a_death_ends_the_component_of_the_dead_alone() -> None:
    said = answers(school=YES)
    found = due_ends([PKH, SCHOOL, ELDER, SEMBAKO], ON, said, living=2, dead=["karto"])
    assert found == [DueEnd(ELDER, "natural")]


def test_nobody_left() -> None:
    assert due_ends([PKH, ELDER], ON, {}, living=0, dead=["karto"]) == [
        DueEnd(PKH, "all_died"),
        DueEnd(ELDER, "all_died"),
    ]
    # a family of which nobody is known to have died has vanished from a list: nothing ends
    assert due_ends([PKH, ELDER], ON, {}, living=0) == []


@given(st.lists(st.sampled_from([YES, NO, NOT_KNOWN]), min_size=1, max_size=6), st.data())
def test_nothing_running_ends_on_what_is_not_known(said: list[Answer], data: st.DataObject) -> None:
    spells = [PKH] + [Spell("pkh", BEGAN, None, "primary", f"p{n}") for n in range(len(said))]
    of = {("pkh", "primary", f"p{n}"): answer for n, answer in enumerate(said)}
    for end in due_ends(spells, ON, of, living=len(said)):
        key = (end.spell.programme, end.spell.component, end.spell.person_id)
        assert of[key] is NO if end.spell.component else set(said) == {NO}
    blurred = data.draw(st.sampled_from(sorted(of)))
    ends = due_ends(spells, ON, of, living=len(said))
    fewer = due_ends(spells, ON, of | {blurred: NOT_KNOWN}, living=len(said))
    assert set(fewer) <= set(ends)


def test_at_the_cap_only_what_the_clock_counts_ends() -> None:
    pbi = Spell("pbi_jk", BEGAN)
    meals = Spell("permakanan", BEGAN, person_id="karto")
    past = Spell("pkh", BEGAN, OVER, "primary", "fajar")
    spells = [PKH, SCHOOL, ELDER, SEMBAKO, pbi, meals, past]
    kept = frozenset({("pkh", "elderly"), ("pkh", "disability")})
    counted = frozenset({"pkh", "sembako"})
    assert ended_by_cap(spells, ON, counted, kept) == [PKH, SCHOOL, SEMBAKO]


GRADUATED = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("falls", "on", "state"),
    [
        ([], date(2027, 3, 14), Lasted.TOO_EARLY),
        ([], date(2027, 3, 15), Lasted.STANDS),
        ([date(2026, 9, 1)], date(2026, 8, 31), Lasted.TOO_EARLY),
        ([date(2026, 9, 1)], date(2026, 9, 1), Lasted.FELL),
        ([date(2027, 3, 14)], date(2030, 1, 1), Lasted.FELL),
        ([date(2027, 3, 15)], date(2030, 1, 1), Lasted.STANDS),  # it stood for a year first
        ([date(2026, 3, 14)], date(2030, 1, 1), Lasted.STANDS),  # before it graduated
    ],
)
def test_lasted(falls: list[date], on: date, state: Lasted) -> None:
    assert lasted(GRADUATED, falls, on) is state
