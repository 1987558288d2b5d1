"""What support is worth by month and by payment period, of the pack of Indonesia."""

from __future__ import annotations

import pytest

from tangga.registry import load_pack
from tangga.rules.load import load_policy
from tangga.rules.on_date import Policy
from tangga.rules.rates import Rate, due_by_month, in_months, payment_periods

JANUARY = 2026 * 12
YEAR = (JANUARY, JANUARY + 12)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(load_pack("indonesia"))


def kinds(policy: Policy) -> list[tuple[str, str]]:
    """Every programme, whole and by each of its components."""
    found = []
    for name, programme in policy.programmes.items():
        parts = {one.id for v in programme.rule.versions for one in v.says.benefit.components}
        found += [(name, ""), *((name, part) for part in sorted(parts))]
    return found


def test_what_nobody_says_is_not_known_and_not_nothing() -> None:
    assert Rate("a", "", YEAR, YEAR, None).due(JANUARY) is None


def test_the_months_of_a_year_are_what_each_of_them_is_owed(policy: Policy) -> None:
    """Runs of months do not overlap, and each says a year's amount of what its months are owed."""
    runs = list(in_months(policy, kinds(policy), *YEAR))
    assert {programme for programme, *_ in runs} >= {"pkh", "sembako"}
    for programme, component, first, past, a_year in runs:
        owed = due_by_month(policy, programme, component, first, past)
        known = [one for one in owed.values() if one is not None]
        assert len(known) in (0, past - first)
        assert (a_year is None) == (not known)
        if a_year is not None and past - first == 12:
            assert abs(sum(known) - a_year) < 12
    months = [(p, c, m) for p, c, first, past, _ in runs for m in range(first, past)]
    assert len(months) == len(set(months))


def test_a_year_is_paid_in_periods_that_make_it_up(policy: Policy) -> None:
    periods = payment_periods(policy, "pkh", 2026)
    assert [past - first for first, past in periods] == [3, 3, 3, 3]
    assert (periods[0][0], periods[-1][1]) == YEAR
    for name in policy.programmes:
        assert all(YEAR[0] <= a < b <= YEAR[1] for a, b in payment_periods(policy, name, 2026))
    assert payment_periods(policy, "permakanan", 2026) == []
