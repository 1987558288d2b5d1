"""Whole families within limits: the bound holds, the limits hold, the equal are told apart
openly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from tangga.engine.optimise.choose import choose, gained, used
from tangga.engine.optimise.prices import NONE, Offers, best_prices, bound


def offers(families: int, areas: int, seed: int, *, own_cost: bool = False) -> Offers:
    """Families of some areas, four offers, money and hours of each area; values all different."""
    draw = np.random.default_rng(seed)
    area = np.sort(draw.integers(0, areas, families))
    values = draw.uniform(0.05, 0.6, (families, 4))
    values[draw.random((families, 4)) < 0.2] = -np.inf
    cost = draw.integers(1, 9, (families if own_cost else 1, 4)) * 500_000
    hours = draw.integers(4, 40, (1, 4))
    many = np.bincount(area, minlength=areas)
    capacity = np.concatenate([many * 700_000, many * 6])
    pools = np.stack([area, area + areas])
    return Offers(values, (cost, hours), pools, capacity, draw.permutation(families))


def exactly(of: Offers) -> float:
    """The best there is, by HiGHS's branch and bound."""
    families, kinds = np.nonzero(np.isfinite(of.values))
    many, pools = len(families), len(of.capacity)
    uses = np.zeros((pools, many))
    for sort, use in enumerate(of.uses):
        column = use[0, kinds] if len(use) == 1 else use[families, kinds]
        uses[of.pools[sort, families], np.arange(many)] += column
    one = np.zeros((len(of.values), many))
    one[families, np.arange(many)] = 1
    limits = [LinearConstraint(uses, ub=of.capacity), LinearConstraint(one, ub=1)]
    found = milp(-of.values[families, kinds], constraints=limits, integrality=1, bounds=(0, 1),
                 options={"mip_rel_gap": 0})  # fmt: skip
    return float(-found.fun)


@pytest.mark.parametrize("own_cost", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_between_the_plan_and_the_bound_lies_the_best_plan(seed: int, own_cost: bool) -> None:
    of = offers(60, 2, seed, own_cost=own_cost)
    prices = best_prices(of)
    chosen, best = choose(of, prices), exactly(of)
    assert bound(of, prices) >= best - 1e-9
    assert gained(of, chosen) <= best + 1e-9
    assert (used(of, chosen) <= of.capacity).all()
    assert gained(of, chosen) >= 0.93 * best


def test_the_prices_are_nearly_the_best_there_are() -> None:
    """The bound at them is that of the linear programme, to a ten thousandth."""
    of = offers(400, 3, 11)
    at = bound(of, best_prices(of))
    others = np.random.default_rng(2)
    for _ in range(50):
        assert at <= bound(of, best_prices(of) * others.uniform(0.8, 1.2, 6)) + 1e-4 * at


def test_many_families_leave_a_small_gap() -> None:
    of = offers(20_000, 10, 3)
    prices = best_prices(of)
    chosen = choose(of, prices)
    assert 1 - gained(of, chosen) / bound(of, prices) < 0.005
    assert (used(of, chosen) <= of.capacity).all()


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.floats(0, 3))
def test_any_prices_bound_and_any_choice_keeps_the_limits(seed: int, factor: float) -> None:
    of = offers(30, 2, seed)
    prices = np.random.default_rng(seed).uniform(0, factor * 1e-7, 4)
    chosen = choose(of, prices)
    assert (used(of, chosen) <= of.capacity).all()
    assert gained(of, chosen) <= bound(of, prices) + 1e-9
    got = chosen[chosen != NONE]
    assert np.isfinite(of.values[chosen != NONE, got]).all()


def test_the_order_of_the_families_changes_nothing() -> None:
    of = offers(500, 4, 5)
    order = np.random.default_rng(1).permutation(500)
    turned = Offers(of.values[order], of.uses, of.pools[:, order], of.capacity, of.draw[order])
    prices = np.full(8, 2e-8)
    np.testing.assert_array_equal(choose(of, prices)[order], choose(turned, prices))
    np.testing.assert_array_equal(choose(of, prices), choose(of, prices))


def test_among_equals_the_lowest_draw_comes_first() -> None:
    of = Offers(
        np.full((6, 1), 0.5), (np.array([[2]]),), np.zeros((1, 6), dtype=np.int64),
        np.array([7]), np.array([4, 0, 5, 2, 1, 3]),
    )  # fmt: skip
    chosen = choose(of, np.zeros(1))
    assert sorted(of.draw[chosen == 0]) == [0, 1, 2]


def test_without_a_limit_everybody_gets_the_best() -> None:
    of = Offers(
        np.array([[0.1, 0.3], [0.4, -np.inf], [-np.inf, -np.inf]]), (np.array([[1, 1]]),),
        np.full((1, 3), NONE), np.zeros(0, dtype=np.int64), np.arange(3),
    )  # fmt: skip
    np.testing.assert_array_equal(choose(of, best_prices(of)), [1, 0, NONE])


def test_what_is_given_and_does_not_fit_is_refused() -> None:
    of = offers(10, 1, 1)
    tight = Offers(of.values, of.uses, of.pools, of.capacity * 0, of.draw)
    given = np.where(np.isfinite(of.values[:, 0]), 0, NONE)
    with pytest.raises(ValueError, match="does not fit"):
        choose(tight, np.zeros(2), given)
