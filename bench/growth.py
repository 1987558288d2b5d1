"""How a cost grows with the number of people: the slope between logarithms."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import log

LEAST = 0.5
"""CPU-seconds; below that a figure is mostly the start of things."""


def exponent(smaller: tuple[int, float], larger: tuple[int, float]) -> float | None:
    """`b` of cost = a * people ^ b through two measurements `(people, cost)`: 1 is linear.

    None where the smaller cost is below LEAST: nothing follows from it.
    """
    (few, low), (many, high) = smaller, larger
    if low < LEAST or high <= 0 or many <= few:
        return None
    return log(high / low) / log(many / few)


def exponents(costs: Mapping[int, float]) -> list[float | None]:
    """Of each size but the first, against the one before it."""
    sizes = sorted(costs)
    pairs = pairwise(sizes)
    return [exponent((few, costs[few]), (many, costs[many])) for few, many in pairs]


def fitted(costs: Mapping[int, float]) -> float | None:
    """`b` of the line of least squares through all sizes whose cost says something."""
    points = [(log(size), log(cost)) for size, cost in costs.items() if cost >= LEAST]
    if len(points) < 2:
        return None
    x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
    spread = sum((a - x) ** 2 for a, _ in points)
    return sum((a - x) * (b - y) for a, b in points) / spread if spread else None
