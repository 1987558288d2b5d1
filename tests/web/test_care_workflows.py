"""What the files of care's workflows say, whoever edits them: nothing ends by itself or by one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tangga.rules.workflow import Step, Workflow
from tangga.web.work.kinds import workflow


def reached(flow: Workflow, allowed: Callable[[Step], bool], begin: set[str]) -> set[str]:
    """The states that steps lead to from some states."""
    found = set(begin)
    while True:
        more = {
            step.to
            for step in flow.steps.values()
            if step.to and allowed(step) and (step.opens or found & set(step.sources))
        }
        if more <= found:
            return found
        found |= more


@pytest.mark.parametrize("hand", ["proposer", "verifier", "approver"])
def test_no_way_to_a_stop_without_each_of_three_people(hand: str) -> None:
    """By hand: opened because of another matter, a check was proposed there."""
    flow = workflow("tangguh")
    found = reached(flow, lambda s: s.hand != hand and s.name != "follow_up", set())
    assert "stopped" not in found


def test_no_way_to_a_stop_but_past_the_notice() -> None:
    flow = workflow("tangguh")
    assert "stopped" not in reached(flow, lambda s: s.to != "notified", set())
    assert flow.states["notified"].days >= 14
    assert flow.states["notified"].overdue == "stop"


def test_the_clock_stops_only_what_was_decided() -> None:
    """From every state before a decision, time alone leads to no end."""
    flow = workflow("tangguh")
    before = {"checking", "checking_late", "to_visit", "to_visit_late", "confirmed"}
    found = reached(flow, lambda s: s.system and not s.opens, before)
    assert found == before | {"confirmed_late"}


def test_the_clock_ends_no_service() -> None:
    flow = workflow("referral")
    ends = {name for name, state in flow.states.items() if state.final}
    for step in flow.steps.values():
        assert not (step.system and step.to in ends), step.name
    for name, state in flow.states.items():
        late = state.days is not None
        assert late == (f"{name}_late" in flow.states), f"{name}: its deadline leads to a queue"
    assert flow.states["in_service"].days == 90


def test_every_state_of_the_code_list_is_one_of_the_file() -> None:
    from tangga.web.pack import pack

    states = workflow("referral").states
    assert set(pack().codes["case_state"].codes) <= set(states)


def test_only_the_destination_or_its_province_takes_a_family() -> None:
    flow = workflow("area_move")
    assert flow.states["asked"].days == 30
    for step in flow.steps.values():
        if step.to == "accepted":
            assert step.side == "other" and step.hand and not step.system
    province = [s for s in flow.steps.values() if "with_province" in s.sources]
    assert province and all(step.level == ("province",) for step in province)
