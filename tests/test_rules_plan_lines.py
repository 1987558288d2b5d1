"""Data first: when a plan line may be accepted, whoever keeps it."""

from __future__ import annotations

import pytest

from tangga.rules.plan_lines import DECIDES, NEEDS, STEPS, Villages, gate_of, needs_repair

READY = {"1811010001": True, "1811010002": False, "1811020001": None, "1771010001": True}


def above(village: str) -> list[str]:
    return [village[:n] for n in (0, 2, 4, 6, 10)]


@pytest.mark.parametrize(
    ("repaired", "area", "counted", "first"),
    [
        ([], "1811", Villages(3, 2, 2), True),
        ([], "1771", Villages(1, 0, 0), False),
        ([], "1811010001", Villages(1, 0, 0), False),
        (["1811"], "1811", Villages(3, 2, 0), False),
        (["1811010002"], "1811", Villages(3, 2, 1), True),
        (["181102", "1811010002"], "1811", Villages(3, 2, 0), False),
        ([""], "", Villages(4, 2, 0), False),
    ],
)
def test_a_line_stands_on_its_villages(
    repaired: list[str], area: str, counted: Villages, first: bool
) -> None:
    gate = gate_of(READY, repaired, above)
    assert gate[area] == counted
    assert needs_repair(area, "", gate) is first
    assert not needs_repair(area, "fresh", gate), "a repair needs none"
    assert not needs_repair(area, "", None), "nor does any line without thresholds"


def test_no_family_is_no_ready_data() -> None:
    assert needs_repair("3201", "", gate_of(READY, [], above))


def test_what_is_decided_can_be_reached() -> None:
    assert set(DECIDES) == {after for steps in STEPS.values() for after in steps}
    assert set(NEEDS) <= set(STEPS)
