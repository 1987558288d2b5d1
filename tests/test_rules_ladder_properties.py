"""What must hold of the ladder whatever the facts are."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from ladder_cases import ON, policy, today
from random_ladder import World, conditions, names_used
from tangga.rules.answer import YES
from tangga.rules.conditions import Known, parts_of
from tangga.rules.ladder import Step, next_move, next_of_person, tracks
from tangga.rules.ladder_sql import family_conditions
from tangga.rules.names import FAMILY_TABLE, Facts
from tangga.rules.values import Value

CAP, NO_CAP = today(cap=True), today()
WORLD = World(CAP, unknown=0.1)
SEEDS = st.integers(0, 10**9)

RECORDS_OF_ACTS = {
    FAMILY_TABLE: {
        "rung", "rung_since", "shock_on", "visited_on", "extended_until", "above_first",
        "above_months", "above_observers", "statement", "minutes", "decile_before",
    },
    "person": {
        "need_assessed", "need_assessed_on", "case_reviewed_on", "case_open", "group_member",
        "absence",
    },
}  # fmt: skip
"""Facts recorded with us: NULL says that nothing was recorded, and so that it did not happen.

decile_before: no release before. absence: a member of whom no absence was recorded is at home.
"""


GUARDED = {"chance_of_falling"}
"""Facts of which `known` stands beside a comparison only, so that not knowing says no, and never
yes: without a model nothing follows, and nothing is asked. They are blurred like any other."""


def met(step: Step) -> set[str]:
    """Moves whose requirements are all met, whether they act or not."""
    return {standing.move.id for standing in step.standings if standing.answer is YES}


def family(seed: int, **own: Value) -> Facts:
    """A random family, some of its facts set."""
    one = WORLD.family(Random(seed), 0)
    return _with(one, own)


def _with(one: Facts, own: dict[str, Value]) -> Facts:
    said = dict(one.own) | own
    return Facts(said, members=tuple(replace(m, family=said) for m in one.members))


def blurred(one: Facts, random: Random) -> Facts:
    """The same family with something not known that was: a fact of it, or of a member."""
    own = {
        name: None if random.random() < 0.3 and name not in RECORDS_OF_ACTS[FAMILY_TABLE] else value
        for name, value in one.own.items()
    }
    members = tuple(
        Facts(
            {
                name: None if random.random() < 0.3 and name not in RECORDS_OF_ACTS["person"] else v
                for name, v in member.own.items()
            },
            own,
        )
        for member in one.members
    )
    return Facts(own, members=members)


@settings(max_examples=150, deadline=None)
@given(seed=SEEDS)
def test_adding_an_unknown_never_makes_a_move_due(seed: int) -> None:
    random = Random(seed)
    for n in range(20):
        one = family(seed + n)
        less = blurred(one, random)
        assert met(next_move(CAP, less)) <= met(next_move(CAP, one))
        for number in range(len(one.members)):
            for track in tracks(CAP):
                before = met(next_of_person(CAP, one, number, track))
                assert met(next_of_person(CAP, less, number, track)) <= before


def test_what_is_not_recorded_is_asked_only_of_records() -> None:
    # `known` is the one test that is about knowledge itself: a rule may use it only where NULL
    # says that nothing was recorded, else an unknown could make a move due
    asked = {
        part.fact
        for _, condition in conditions(CAP)
        for part in parts_of(condition)
        if isinstance(part, Known)
    }
    assert asked - GUARDED <= RECORDS_OF_ACTS[FAMILY_TABLE] | RECORDS_OF_ACTS["person"]
    assert asked >= GUARDED


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS, months=st.integers(60, 300))
def test_nobody_passes_month_60_without_a_decision_or_the_queue_for_one(
    seed: int, months: int
) -> None:
    one = family(
        seed, rung="protection", clock_bound_open=True, months_protected=months, must_climb_adults=1
    )
    step = next_move(CAP, one)
    until = one.get("extended_until")
    decided = until is not None and until > ON  # type: ignore[operator]
    assert decided or (step.due and step.due.move.id in ("move_at_cap", "decide_at_cap"))


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS, months=st.none() | st.integers(0, 300))
def test_under_an_announced_cap_no_move_rests_on_it(seed: int, months: int | None) -> None:
    one = family(seed)
    step = next_move(NO_CAP, one)
    assert step.due is None or not step.due.move.under_cap
    other = next_move(NO_CAP, _with(one, {"months_protected": months}))
    assert (other.due and other.due.move) == (step.due and step.due.move)
    assert other.asks == step.asks


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS)
def test_nobody_skips_a_rung(seed: int) -> None:
    # a walk of twelve moves through whatever facts: each from its own rung, up by one, or down
    above = {"watch": {None}, "empowerment": {"protection", "watch"}, "graduated": {"empowerment"}}
    rung: Value = None
    for n in range(12):
        step = next_move(CAP, family(seed + n, rung=rung))
        if step.due is None or not step.due.move.to:
            continue
        to = step.due.move.to
        if to == "protection" or (rung, to) == ("graduated", "watch"):
            assert rung in ("watch", "empowerment", "graduated")  # a fall
        else:
            assert rung in above[to]
        rung = to


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS)
def test_a_decision_changes_only_with_a_fact_a_rule_or_the_date(seed: int) -> None:
    one = family(seed)
    again = next_move(CAP, _with(one, {}))
    assert met(again) == met(next_move(CAP, one))
    # facts that no rule of the ladder reads change nothing
    used = names_used(CAP)[FAMILY_TABLE]
    others = {name: "x" for name in CAP.facts.names.family if name not in used}
    assert met(next_move(CAP, _with(one, others))) == met(again)
    # nor does another day's cap, where the facts leave the cap alone
    if not any(standing.move.under_cap for standing in again.standings):
        assert met(next_move(NO_CAP, one)) == met(again)


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_an_adverse_move_rests_on_proof(seed: int) -> None:
    step = next_move(CAP, family(seed))
    if step.due is not None:
        assert {reason.answer for reason in step.due.reasons} == {YES}


def test_adverse_is_what_ends_support() -> None:
    adverse = {move.id for move in policy().moves.values() if move.adverse}
    assert adverse == {"move_at_cap", "decide_at_cap", "graduate"}
    assert len(family_conditions(CAP)) > 30
