"""Who gets a benefit, and what a transfer would change: cases that can be reckoned by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.engine.measures import targeting, transfer
from tangga.engine.measures.design import Design
from tangga.errors import UserError

Y = np.array([10.0, 20.0, 30.0, 40.0, 50.0])
ONES = np.ones(5)


def _targeting(benefit: list[float]) -> targeting.Targeting:
    return targeting.targeting(benefit, Y < 25, ONES, Design.of(5))


def test_coverage_leakage_inclusion() -> None:
    """Two are meant; one of them gets 30, and one of the three others 10."""
    found = _targeting([30, 0, 10, 0, 0])
    values = {name: getattr(found, name).value for name in vars(found)}
    assert values == pytest.approx(
        {
            "target": 0.4,
            "reach": 0.4,
            "coverage": 0.5,
            "undercoverage": 0.5,
            "inclusion": 0.5,
            "leakage": 0.25,
        }
    )
    assert found.coverage is not None and found.coverage.error is not None


def test_where_nobody_is_meant_coverage_has_no_value() -> None:
    found = targeting.targeting([1, 1, 1, 1, 1], Y < 0, ONES, Design.of(5))
    assert found.coverage is None and found.undercoverage is None
    assert found.leakage is not None and found.leakage.value == 1


@pytest.mark.parametrize(
    ("benefit", "coefficient"),
    [([1, 1, 1, 1, 1], 0.0), ([1, 0, 0, 0, 0], -0.8), ([0, 0, 0, 0, 1], 0.8)],
)
def test_concentration(benefit: list[float], coefficient: float) -> None:
    assert targeting.concentration(benefit, Y, ONES) == pytest.approx(coefficient)


def test_cgh_is_the_share_of_the_money_over_the_share_of_the_people() -> None:
    assert targeting.cgh([5, 0, 0, 0, 5], Y, ONES, 0.4) == pytest.approx(0.5 / 0.4)
    assert targeting.cgh([5, 0, 0, 0, 5], Y, ONES, 0.1) == pytest.approx(0.25 / 0.1)
    with pytest.raises(UserError, match="a share is above 0"):
        targeting.cgh([5, 0, 0, 0, 5], Y, ONES, 0)


def test_those_of_the_same_rank_share_alike() -> None:
    """Whoever comes first in the file is not the poorer one for it."""
    same = np.array([10.0, 10.0, 30.0, 30.0])
    for benefit in ([4, 0, 0, 0], [0, 4, 0, 0]):
        curve = targeting.concentration_curve(benefit, same, np.ones(4), [0.25, 0.5])
        assert list(curve) == pytest.approx([0.5, 1.0])


def test_incidence_by_fifths() -> None:
    found = targeting.incidence([6, 0, 3, 1, 0], Y, ONES, Design.of(5))
    assert [part.people for part in found] == pytest.approx([0.2] * 5)
    money = [part.of_benefit.value for part in found if part.of_benefit is not None]
    assert money == pytest.approx([0.6, 0, 0.3, 0.1, 0])
    assert [part.each_gets for part in found] == [6, None, 3, 1, None]
    assert [part.of_outcome for part in found] == pytest.approx([0.6, 0, 0.1, 0.025, 0])


@pytest.mark.parametrize(
    ("benefit", "said"),
    [
        ([0, 0, 0, 0, 0], "nobody gets the benefit"),
        ([1, -1, 0, 0, 0], "benefit: value is negative, of 1 of 5: no. 2"),
        ([1, np.nan, 0, 0, 0], "benefit: value is missing"),
    ],
)
def test_money_that_is_none_is_refused(benefit: list[float], said: str) -> None:
    with pytest.raises(UserError, match=said):
        _targeting(benefit)


MEMBERS = np.array([2.0, 4.0, 1.0, 5.0, 2.0])


def test_a_transfer_by_hand() -> None:
    """Line 25; the first household (two people at 10) gets 30, 15 each: just at the line."""
    found = transfer.what_if(Y, MEMBERS, [30, 0, 0, 0, 0], 25)
    assert (found.before.poor, found.after.poor) == (6, 4)
    assert (found.before.gap, found.after.gap) == pytest.approx((2 * 15 + 4 * 5, 4 * 5))
    assert (found.cost, found.households, found.people) == (30, 1, 2)
    assert found.closed == pytest.approx(1)
    assert found.per_lifted == pytest.approx(15)
    assert found.after.gini < found.before.gini
    assert found.before.p0 == pytest.approx(6 / 14)


def test_what_goes_beyond_the_line_closes_no_gap() -> None:
    found = transfer.what_if(Y, MEMBERS, [60, 0, 0, 0, 60], 25)
    assert found.closed == pytest.approx(30 / 120)


def test_a_weight_of_two_is_two_households() -> None:
    amount = transfer.per_member(3, MEMBERS, Y < 35)
    weighed = transfer.what_if(Y, MEMBERS, amount, 25, weight=[2, 2, 2, 2, 2])
    twice = transfer.what_if(*(np.tile(each, 2) for each in (Y, MEMBERS, amount)), 25)
    assert weighed.after.p1 == pytest.approx(twice.after.p1)
    assert weighed.after.gini == pytest.approx(twice.after.gini)
    assert (weighed.cost, weighed.people) == pytest.approx((twice.cost, twice.people))


def test_paying_what_each_lacks_ends_poverty_at_the_least_cost() -> None:
    amount = transfer.to_the_line(Y, MEMBERS, 25)
    found = transfer.what_if(Y, MEMBERS, amount, 25)
    assert (found.after.p0, found.after.gap) == (0, 0)
    assert found.cost == pytest.approx(found.before.gap)
    only = transfer.to_the_line(Y, MEMBERS, 25, Y > 15)
    assert list(only) == [0, 20, 0, 0, 0]


@given(
    rows=st.lists(st.tuples(st.integers(0, 90), st.integers(1, 8)), min_size=2, max_size=20),
    amount=st.integers(1, 200),
)
def test_a_transfer_never_makes_anybody_poorer(rows: list[tuple[int, int]], amount: int) -> None:
    y, members = np.array(rows, dtype=float).T
    if not y.any():
        return
    found = transfer.what_if(y, members, amount, 40.0)
    assert found.after.p0 <= found.before.p0
    assert found.after.p2 <= found.before.p2 + 1e-12
    assert found.closed is not None and 0 <= found.closed <= 1 + 1e-9
    assert found.cost == amount * len(rows)


def test_the_budget_serves_the_lowest_first_and_nobody_whose_place_is_not_known() -> None:
    order = [3.0, np.nan, 1.0, 2.0, 4.0]
    reached = transfer.within_budget(order, [10, 10, 10, 10, 10], 25)
    assert list(reached) == [False, False, True, True, False]


def test_nobody_gets_nothing_and_that_is_told() -> None:
    found = transfer.what_if(Y, MEMBERS, 0.0, 25)
    assert found.closed is None and found.per_lifted is None
    assert found.before == found.after


@pytest.mark.parametrize(
    ("members", "amount", "said"),
    [
        ([2, 0, 1, 1, 1], 5.0, "no members"),
        ([2, np.nan, 1, 1, 1], 5.0, "no members"),
        ([1, 1, 1, 1, 1], -5.0, "missing or negative"),
        ([1, 1, 1, 1, 1], [1, 2], "2 amounts for 5 households"),
    ],
)
def test_transfers_that_cannot_be(members: list[float], amount: object, said: str) -> None:
    with pytest.raises(UserError, match=said):
        transfer.what_if(Y, members, amount, 25)  # type: ignore[arg-type]
