"""The linear programme of the plan: right against every plan there is, priced, explained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.engine.optimise.flow import programme
from tangga.engine.optimise.problem import POOR_YEARS, Effects, Goal, Limit, Problem
from tangga.engine.optimise.shadow import by_year, lasting, shadows
from tangga.engine.optimise.solve import Broken, Solution, solve, with_more
from tangga.engine.optimise.whole import whole_families

ALL = np.array([0])


def effects(
    graduates: list[list[float]],
    years: list[int],
    lasts: float = 1.0,
    older: list[int] | None = None,
) -> Effects:
    chances = np.array(graduates, dtype=float)
    stays = older if older is not None else list(range(len(chances)))
    return Effects(
        chances, np.full(chances.shape, lasts), chances * 2, np.array(years), np.array(stays)
    )


def limit(what: str, year: int, uses: list[float], capacity: float, states: int = 1) -> Limit:
    """uses: of each activity, to continue first."""
    return Limit(what, "1", year, ALL, np.tile(np.array(uses, float), (states, 1)), capacity)


def problem(**changes: object) -> Problem:
    """Ten families of one state; one way up for two million each, another for one."""
    base = Problem(
        families=np.array([[10.0]]),
        may=np.array([[True, True]]),
        effects=effects([[0.5, 0.2]], [1, 1]),
        years=1,
        limits=(limit("budget", 0, [0, 2, 1], 8),),
    )
    return replace(base, **changes)


def solved(one: Problem) -> Solution:
    found = solve(one)
    assert isinstance(found, Solution)
    return found


def test_the_dearer_way_wins_where_it_brings_more_for_the_money() -> None:
    found = solved(problem())
    assert found.value == pytest.approx(2.0)
    np.testing.assert_allclose(found.families[0, 0, :, 0], [6, 4, 0], atol=1e-9)
    assert found.prices[0] == pytest.approx(0.25)  # of a family by the first way costs two


def test_the_value_is_that_of_its_prices() -> None:
    """Strong duality: families of today by what they are worth, and limits by their prices."""
    one = problem(
        families=np.array([[10.0, 6.0]]),
        may=np.array([[True, True], [True, False]]),
        effects=effects([[0.5, 0.2], [0.3, 0.0]], [1, 2], lasts=0.7, older=[1, 1]),
        years=3,
        limits=tuple(limit("budget", year, [0, 2, 1], 5, 2) for year in range(3)),
        later=0.01,
    )
    found = solved(one)
    capacity = np.array([one_.capacity for one_ in one.limits])
    worth = float((one.families * found.standing[:, :, 0]).sum() + found.prices @ capacity)
    assert found.value == pytest.approx(worth)
    assert np.nanmax(found.net) <= 1e-9


def plans(families: list[int], ways: int) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every way to give whole families of each state to activities."""
    each = [
        [split for split in product(range(many + 1), repeat=ways) if sum(split) <= many]
        for many in families
    ]
    return product(*each)


@settings(max_examples=40, deadline=None)
@given(
    families=st.lists(st.integers(0, 4), min_size=2, max_size=2),
    chances=st.lists(st.integers(0, 10), min_size=4, max_size=4),
    costs=st.lists(st.integers(1, 5), min_size=2, max_size=2),
    money=st.integers(0, 20),
    places=st.integers(0, 3),
)
def test_no_plan_of_whole_families_is_better_than_the_bound(
    families: list[int], chances: list[int], costs: list[int], money: int, places: int
) -> None:
    """Against every plan there is: the bound is never below the best one, the plan never above it,
    and no limit is passed, by not one rupiah."""
    graduates = np.array(chances, float).reshape(2, 2) / 10
    one = problem(
        families=np.array([families], float),
        may=np.full((2, 2), True),
        effects=effects(graduates.tolist(), [1, 1]),
        limits=(
            limit("budget", 0, [0, *costs], money, 2),
            limit("places", 0, [0, 1, 0], places, 2),
        ),
    )
    best = max(
        sum(sum(graduates[s] * split) for s, split in enumerate(plan))
        for plan in plans(families, 2)
        if sum(np.dot(costs, split) for split in plan) <= money
        and sum(split[0] for split in plan) <= places
    )
    if not sum(families):
        return
    state = np.repeat([0, 1], families)
    draw = np.arange(len(state))[::-1].copy()
    whole = whole_families(solved(one), np.zeros_like(state), state, draw)
    assert whole.bound >= best - 1e-9
    assert whole.value <= best + 1e-9
    spent = sum(costs[k] for k in whole.chosen if k >= 0)
    assert spent <= money
    assert (whole.chosen == 0).sum() <= places
    assert whole.used[0] == spent


def test_who_did_not_graduate_is_back_and_so_is_who_fell() -> None:
    """A hundred start at once: half graduate; of those a fifth falls a year later."""
    one = problem(
        families=np.array([[100.0, 0.0]]),
        may=np.array([[True], [False]]),
        effects=effects([[0.5], [0.0]], [1], lasts=0.8, older=[1, 1]),
        years=3,
        limits=(),
    )
    found = solved(one)
    np.testing.assert_allclose(found.families[0, 0, 1], [100, 0, 0])
    np.testing.assert_allclose(found.families[0, 1, 0], [0, 50, 60])
    assert lasting(one.effects, found.families) == pytest.approx(40)


def test_a_way_of_two_years_counts_when_it_ends_and_not_after_the_last_year() -> None:
    one = problem(effects=effects([[0.5, 0.2]], [2, 1]), years=2, limits=())
    found = solved(one)
    each = one.effects.graduates
    np.testing.assert_allclose(by_year(one.effects, found.families, each)[1], 5.0)
    alone = replace(one, years=1)
    np.testing.assert_allclose(solved(alone).families[0, 0, 1, 0], 0.0, atol=1e-9)


def test_who_is_protected_is_never_moved() -> None:
    one = problem(
        families=np.array([[10.0, 10.0]]),
        may=np.array([[True, True], [False, False]]),
        effects=effects([[0.5, 0.2], [1.0, 1.0]], [1, 1]),
        limits=(),
    )
    found = solved(one)
    np.testing.assert_allclose(found.families[0, 1, :, 0], [10, 0, 0])
    assert (programme(one).column[0, 1, 1:] == -1).all()


@settings(max_examples=30, deadline=None)
@given(money=st.lists(st.integers(0, 30), min_size=2, max_size=2))
def test_more_money_never_brings_less(money: list[int]) -> None:
    less, more = sorted(money)
    values = [
        solved(problem(limits=(limit("budget", 0, [0, 2, 1], one),))).value for one in (less, more)
    ]
    assert values[0] <= values[1] + 1e-9


def test_a_step_is_solved_again_since_a_price_holds_for_a_small_one_only() -> None:
    found = solved(problem())
    (one,) = shadows(found, {"budget": 100.0})
    assert one.priced == pytest.approx(25.0)  # which ten families cannot bring
    assert one.brings == pytest.approx(3.0)
    assert solved(with_more(found.problem, 0, 100.0)).value == pytest.approx(5.0)


def test_a_target_out_of_reach_is_priced_and_what_lacks_is_told() -> None:
    goal = Goal("1", 0, ALL, least=4.0, price=2.0)
    found = solved(problem(goals=(goal,)))
    assert found.lacking[1] == pytest.approx(2.0)
    assert found.prices[1] == pytest.approx(2.0)
    within = solved(problem(goals=(replace(goal, least=1.0),)))
    assert within.lacking[1] == pytest.approx(0.0)


def test_the_other_aim_has_another_plan() -> None:
    both = Effects(
        np.array([[0.5, 0.2]]), np.ones((1, 2)), np.array([[0.1, 3.0]]), np.array([1, 1]), ALL
    )
    graduations, poor = problem(effects=both), problem(effects=both, aim=POOR_YEARS)
    assert solved(graduations).families[0, 0, 1, 0] == pytest.approx(4)
    assert solved(poor).families[0, 0, 2, 0] == pytest.approx(8)


def least(share: float) -> Limit:
    """Of all families that share must begin something."""
    uses = np.array([[share, share - 1, share - 1]])
    return Limit("decided", "1", 0, ALL, uses, 0.0)


def test_what_breaks_a_plan_is_the_least_that_must_begin() -> None:
    found = solve(problem(limits=(limit("budget", 0, [0, 2, 1], 3), least(0.6))))
    (broken,) = found if isinstance(found, tuple) else ()
    assert isinstance(broken, Broken)
    assert broken.limit.what == "decided"
    assert broken.lacking == pytest.approx(3.0)
    assert [one.what for one in broken.against] == ["budget"]


def test_what_breaks_a_plan_is_what_is_reserved_first() -> None:
    support = limit("support", 0, [4, 4, 4], 39)
    found = solve(problem(limits=(support, least(0.1))))
    (broken,) = found if isinstance(found, tuple) else ()
    assert (broken.limit.what, broken.lacking) == ("support", pytest.approx(1.0))


def test_effects_are_chances() -> None:
    with pytest.raises(ValueError, match="chance"):
        effects([[1.2]], [1])
    with pytest.raises(ValueError, match="a year at least"):
        effects([[0.2]], [0])


def test_pools_that_areas_share_are_never_passed() -> None:
    """Two areas draw on one pool of places: together they have no more of them."""
    one = problem(
        families=np.array([[10.0], [10.0]]),
        limits=(replace(limit("places", 0, [0, 1, 1], 7), areas=np.array([0, 1])),),
    )
    found = solved(one)
    area, state = np.repeat([0, 1], 10), np.zeros(20, dtype=np.int64)
    whole = whole_families(found, area, state, np.arange(20))
    assert (whole.chosen >= 0).sum() == 7
    assert whole.gap < 1e-9
    assert whole.tied.any()


def test_among_the_equal_the_draw_decides_and_only_the_draw() -> None:
    found = solved(problem(limits=(limit("budget", 0, [0, 2, 1], 8),)))
    zero = np.zeros(10, dtype=np.int64)
    draw = np.array([3, 9, 1, 7, 5, 0, 8, 2, 6, 4])
    whole = whole_families(found, zero, zero, draw)
    assert set(draw[whole.chosen == 0]) == {0, 1, 2, 3}
    again = whole_families(found, zero, zero, draw[::-1].copy())
    assert set(draw[::-1][again.chosen == 0]) == {0, 1, 2, 3}
    assert whole.tied.all()
