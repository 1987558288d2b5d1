"""Signals open a case, and stop nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ladder_cases import family, policy, today
from tangga.rules.effect import Stop
from tangga.rules.ladder import next_move
from tangga.rules.signals import shown
from tangga.rules.values import Value

QUIET: dict[str, Value] = {
    "support_open": True,
    "state_employees": 0,
    "wage_earners": 0,
    "meter_1_power": "w450",
    "meter_2_power": None,
    "meter_3_power": None,
    "decile": 2,
    "decile_before": 2,
}


@pytest.mark.parametrize(
    ("change", "signals"),
    [
        ({}, []),
        ({"state_employees": 1}, ["state_employee"]),
        ({"wage_earners": 1}, ["wage"]),
        ({"decile": 6}, ["decile_rose"]),
        ({"decile": 6, "decile_before": 5}, []),
        ({"decile": 6, "decile_before": None}, []),
        ({"decile": None}, []),  # no longer ranked is no rise
        ({"meter_1_power": "w1300"}, ["electricity_900"]),
        ({"meter_2_power": "above_w2200"}, ["electricity", "electricity_900"]),
        ({"meter_1_power": None}, []),
        ({"state_employees": 1, "support_open": False}, []),
        ({"state_employees": None, "wage_earners": None, "support_open": None}, []),
    ],
)
def test_of_a_family(change: dict[str, Value], signals: list[str]) -> None:
    found = shown(today(), family(**(QUIET | change)), "family")
    assert [one.signal.id for one in found] == signals
    # the limit of 900 W is only announced: listed, no case
    assert [one.signal.id for one in found if not one.acts] == [
        id_ for id_ in signals if id_ == "electricity_900"
    ]


@pytest.mark.parametrize(
    ("status", "signals"),
    [("dead", ["death"]), ("duplicate", ["double"]), ("active", []), (None, [])],
)
def test_of_a_person(status: str | None, signals: list[str]) -> None:
    found = shown(today(), family(status=status), "person")
    assert [one.signal.id for one in found] == signals
    assert {one.decide_by - today().day for one in found} <= {timedelta(days=14)}
    assert {one.decide_by - today().day for one in found} <= {
        timedelta(days=today().notice.says["case_days"])
    }


def test_a_signal_stops_nothing() -> None:
    before = {"rung": "protection", "months_protected": 20, "open_cases": 0, "seekers": 0}
    loud = QUIET | {"state_employees": 2, "decile": 9, "meter_1_power": "above_w2200"}
    assert shown(today(), family(**(before | loud)), "family")
    assert next_move(today(), family(**(before | loud))).due is None


def test_every_signal_is_named_for_a_reason_and_says_what_to_check() -> None:
    signals = policy().signals
    reasons = {signal.reason for signal in signals.values()}
    assert reasons == {
        "died", "duplicate", "state_employee", "electricity", "decile_rose", "gambling",
        "wage_above_minimum",
    }  # fmt: skip
    assert all(set(signal.check) == {"id", "en"} for signal in signals.values())
    # gambling is no fact of the register: it arrives as a case
    assert signals["gambling"].rule.versions[0].says.requires == ()
    # the limits conflict: both are kept, with the question
    for id_ in ("electricity", "electricity_900"):
        assert "900 W" in signals[id_].rule.versions[0].period.question


def test_a_decided_stop_names_two_people() -> None:
    from tangga.rules.answer import YES

    stop = Stop("Ani", "Budi", date(2027, 1, 1), "died", YES)
    assert stop.checked_by != stop.decided_by
