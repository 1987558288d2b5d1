"""Signals open a case, and stop nothing; those about a rank are a list to send up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ladder_cases import family, policy, today
from tangga.rules.effect import Stop
from tangga.rules.ladder import next_move
from tangga.rules.signals import rank_indications, shown
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


def test_a_risen_decile_is_looked_at_where_the_family_lives() -> None:
    found = shown(today(), family(**(QUIET | {"decile": 6, "state_employees": 1})), "family")
    assert {one.signal.id: one.signal.visit for one in found} == {
        "decile_rose": True, "state_employee": False,
    }  # fmt: skip


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


SEEN: dict[str, Value] = {
    "decile": 6,
    "poverty_line": 600_000,
    "income_seen": 700_000,
    "income_seen_on": date(2027, 3, 1),
    "visited_on": date(2027, 3, 1),
    "chance_of_poorest_40": 40,
    "state_employees": 0,
    "meter_1_power": "w450",
    "meter_2_power": None,
    "meter_3_power": None,
}
OLD = date(2025, 8, 30)
"""Of the day of these tests, 24 months and a day before."""


@pytest.mark.parametrize(
    ("change", "indications"),
    [
        ({}, []),
        ({"income_seen": 599_999}, ["income_below_line"]),
        ({"income_seen": 600_000}, []),
        ({"income_seen": 599_999, "decile": 4}, []),
        ({"income_seen": 599_999, "income_seen_on": OLD}, []),
        ({"income_seen": 599_999, "poverty_line": None}, []),
        ({"chance_of_poorest_40": 80}, ["likely_poorest"]),
        ({"chance_of_poorest_40": 80, "visited_on": OLD}, []),
        ({"chance_of_poorest_40": 80, "decile": 5}, []),
        ({"chance_of_poorest_40": None, "decile": 9}, []),
        ({"chance_of_poorest_40": 10, "decile": 3}, ["unlikely_poorest"]),
        ({"chance_of_poorest_40": 11, "decile": 3}, []),
        ({"decile": 2, "state_employees": 1}, ["state_employee_ranked_poor"]),
        ({"decile": 3, "state_employees": 1}, []),
        ({"decile": 1, "meter_3_power": "above_w2200"}, ["large_power_ranked_poor"]),
        # Without an official rank there is nothing to contradict.
        ({"decile": None, "income_seen": 1, "chance_of_poorest_40": 99, "state_employees": 3}, []),
    ],
)
def test_what_contradicts_a_rank(change: dict[str, Value], indications: list[str]) -> None:
    facts = family(**(SEEN | change))
    found = rank_indications(today(), facts)
    assert [one.signal.id for one in found] == indications
    assert all(one.acts and one.reasons for one in found)
    # It opens no case, and nothing moves.
    assert not {one.signal.id for one in shown(today(), facts, "family")} & {*indications}


def test_an_indication_points_somewhere_and_has_no_reason_to_end_support() -> None:
    about_rank = [signal for signal in policy().signals.values() if signal.about == "rank"]
    assert {signal.points_to for signal in about_rank} == {"lower", "higher"}
    assert {(signal.subject, signal.reason) for signal in about_rank} == {("family", "")}
    assert {v.says.deadline_days for s in about_rank for v in s.rule.versions} == {0}
    assert {s.points_to for s in policy().signals.values() if s.about == "support"} == {""}


def test_every_signal_is_named_for_a_reason_and_says_what_to_check() -> None:
    signals = policy().signals
    reasons = {signal.reason for signal in signals.values() if signal.about == "support"}
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
