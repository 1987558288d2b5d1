"""No small number can be found out from those that are told beside, above and below it."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict

import pytest

from tangga.rules.small_numbers import hidden_areas

THRESHOLD = 5


def shown_of(numbers: dict[str, int], parents: dict[str, str]) -> dict[str, int | None]:
    """Each area's number as it is told; None where it is hidden."""
    hidden = hidden_areas(numbers, THRESHOLD, parents)
    assert hidden <= numbers.keys()
    return {area: None if area in hidden else value for area, value in numbers.items()}


@pytest.mark.parametrize("seed", range(60))
def test_what_is_hidden_cannot_be_found_out(seed: int) -> None:
    """Whatever is hidden could be another number too, however one adds and takes away."""
    numbers, parents = _tree(random.Random(seed))
    shown = shown_of(numbers, parents)
    for area, value in shown.items():
        assert value is None or value == 0 or value >= THRESHOLD
        assert value is None or value == numbers[area]
    for area in (area for area, value in shown.items() if value is None):
        low, high = _bounds(area, shown, parents)
        assert high - low >= THRESHOLD or high == float("inf"), (area, numbers, shown)


def test_numbers_that_are_large_enough_are_all_told() -> None:
    numbers = {"!": 60, "17": 30, "18": 30, "1701": 10, "1702": 20}
    parents = {"17": "!", "18": "!", "1701": "17", "1702": "17"}
    assert shown_of(numbers, parents) == numbers


def test_a_single_small_number_takes_its_smallest_sibling_with_it() -> None:
    numbers = {"!": 60, "11": 3, "12": 17, "13": 40}
    parents = dict.fromkeys(("11", "12", "13"), "!")
    shown = shown_of(numbers, parents)
    assert shown == {"!": 60, "11": None, "12": None, "13": 40}


def test_an_only_child_takes_its_parent_with_it() -> None:
    numbers = {"!": 60, "11": 20, "12": 40, "1101": 20, "1201": 3, "1202": 37}
    parents = {"11": "!", "12": "!", "1101": "11", "1201": "12", "1202": "12"}
    shown = shown_of(numbers, parents)
    assert shown["1201"] is None and shown["1202"] is None
    assert shown["11"] == 20 and shown["12"] == 40


def test_where_nobody_stands_beside_it_the_area_around_is_hidden() -> None:
    """Of some people only the province is known: the regency is not all of it."""
    numbers = {"!": 100, "11": 20, "12": 30, "13": 50, "1101": 3}
    parents = {"11": "!", "12": "!", "13": "!", "1101": "11"}
    shown = shown_of(numbers, parents)
    assert shown == {"!": 100, "11": None, "12": None, "13": 50, "1101": None}


def _tree(dice: random.Random) -> tuple[dict[str, int], dict[str, str]]:
    """A nation, provinces and regencies, whose numbers add up."""
    numbers: dict[str, int] = {"!": 0}
    parents: dict[str, str] = {}
    for province in range(dice.randint(1, 4)):
        code = f"{11 + province}"
        parents[code], numbers[code] = "!", 0
        for regency in range(dice.randint(1, 4)):
            inner = f"{code}{regency + 1:02}"
            parents[inner] = code
            numbers[inner] = dice.choice((0, 0, 1, 2, 3, 4, 5, 7, 12, 30))
            numbers[code] += numbers[inner]
        numbers["!"] += numbers[code]
    return numbers, parents


def _bounds(
    area: str, shown: dict[str, int | None], parents: dict[str, str]
) -> tuple[float, float]:
    """The least and the most that a hidden number can be, by all sums of parents and children.

    Intervals are narrowed until nothing changes: what a careful reader can work out.
    """
    low: dict[str, float] = {a: float(v) if v is not None else 0.0 for a, v in shown.items()}
    high = {a: float(v) if v is not None else float("inf") for a, v in shown.items()}
    children: dict[str, list[str]] = defaultdict(list)
    for child, parent in parents.items():
        children[parent].append(child)
    for _round, (parent, inside) in itertools.product(range(12), children.items()):
        low[parent] = max(low[parent], sum(low[c] for c in inside))
        high[parent] = min(high[parent], sum(high[c] for c in inside))
        for child in inside:
            others = [c for c in inside if c != child]
            low[child] = max(low[child], low[parent] - sum(high[c] for c in others))
            high[child] = min(high[child], high[parent] - sum(low[c] for c in others))
    return low[area], high[area]
