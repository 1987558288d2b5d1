"""Whole numbers spread over several: they sum exactly, whatever the weights."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.engine.targets.assign import level_up
from tangga.rules.spread import spread, spread_rest

NAMES = st.sampled_from([f"{n:02d}" for n in range(30)])
WEIGHTS = st.dictionaries(NAMES, st.integers(0, 10**9), min_size=1)
TOTAL = st.integers(0, 10**12)


def test_412_companions_times_ten() -> None:
    """Cianjur: 4,120 over 412 companions is ten each, and over ten districts 412 each."""
    assert set(spread(4120, {f"C{n:03d}": 1 for n in range(412)}).values()) == {10}
    assert set(spread(4120, {f"D{n}": 7 for n in range(10)}).values()) == {412}


def test_what_is_left_goes_to_the_largest_remainders_ties_by_name() -> None:
    assert spread(10, {"a": 1, "b": 1, "c": 1}) == {"a": 4, "b": 3, "c": 3}
    assert spread(10, {"c": 1, "b": 1, "a": 1}) == {"a": 4, "b": 3, "c": 3}
    assert spread(7, {"a": 10, "b": 13, "c": 0}) == {"a": 3, "b": 4, "c": 0}
    assert spread(3, {"a": 0}) == {}
    with pytest.raises(ValueError, match="at least 0"):
        spread(-1, {"a": 1})
    with pytest.raises(ValueError, match="at least 0"):
        spread(1, {"a": -1})


@given(TOTAL, WEIGHTS)
def test_the_parts_sum_to_the_total_and_are_a_share_rounded(
    total: int, weights: dict[str, int]
) -> None:
    parts, whole = spread(total, weights), sum(weights.values())
    if whole == 0:
        assert parts == {}
        return
    assert sum(parts.values()) == total
    assert all(parts[name] == 0 for name, weight in weights.items() if weight == 0)
    for name, weight in weights.items():
        assert total * weight // whole <= parts[name] <= -(-total * weight // whole)


@given(TOTAL, WEIGHTS)
def test_more_weight_never_gets_less(total: int, weights: dict[str, int]) -> None:
    parts = spread(total, weights)
    by_weight = sorted(parts, key=lambda name: weights[name])
    for less, more in pairwise(by_weight):
        assert weights[less] == weights[more] or parts[less] <= parts[more]


@given(TOTAL, WEIGHTS, st.randoms())
def test_the_order_in_which_they_come_changes_nothing(
    total: int, weights: dict[str, int], random: object
) -> None:
    names = list(weights)
    random.shuffle(names)  # type: ignore[attr-defined]
    assert spread(total, {name: weights[name] for name in names}) == spread(total, weights)


@given(
    TOTAL,
    st.dictionaries(NAMES, st.one_of(st.none(), st.integers(0, 1000)), min_size=1),
    st.dictionaries(NAMES, st.integers(0, 10**6), max_size=5),
)
def test_what_is_given_stands_and_what_is_left_is_told(
    total: int, weights: dict[str, int | None], given_: dict[str, int]
) -> None:
    found = spread_rest(total, weights, given_)
    assert all(found.values[name] == value for name, value in given_.items())
    known = [value for value in found.values.values() if value is not None]
    assert sum(known) + found.difference == total
    free = [name for name in weights if name not in given_]
    assert all((found.values[name] is None) == (weights[name] is None) for name in free)
    rest = total - sum(given_.values())
    if rest >= 0 and any(weights[name] for name in free):
        assert found.difference == 0
    elif rest < 0:
        assert found.difference == rest
        assert not any(found.values[name] for name in free)


@given(
    st.dictionaries(NAMES, st.integers(0, 12), max_size=8), st.integers(0, 60), st.integers(1, 10)
)
def test_the_least_loaded_takes_the_next(loads: dict[str, int], many: int, limit: int) -> None:
    """As one after another would be given out."""
    plain = dict(loads)
    for _ in range(many):
        free = [name for name in plain if plain[name] < limit]
        if not free:
            break
        plain[min(free, key=lambda name: (plain[name], name))] += 1
    expected = {name: n - loads[name] for name, n in plain.items() if n > loads[name]}
    assert level_up(loads, many, limit) == expected
