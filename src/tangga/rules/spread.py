"""A whole number spread over several, in whole numbers that sum to it exactly.

    spread(4120, {"1771": 812, "1701": 344})          # -> {"1771": 2894, "1701": 1226}
    spread_rest(4120, weights, given={"1771": 3000})   # what is given stands

Largest remainder (Hamilton): each gets its share rounded down, and what is left goes, one each, to
the largest remainders; ties to the smaller code. Whole numbers only: no float decides about one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """What each got, and what is left.

    values: name -> whole number; None where nobody knows by what to spread. difference: the total
    less the sum of the values: 0, unless what was given is more, or nobody has a weight.
    """

    values: Mapping[str, int | None]
    difference: int


def spread(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Name -> its part of a total, by weight; empty where no weight is above zero.

    total: at least 0. weights: at least 0 each; of weight 0 one gets 0. ValueError for less.
    """
    if total < 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("a total and weights are at least 0")
    whole = sum(weights.values())
    if whole == 0:
        return {}
    parts = {name: total * weight // whole for name, weight in weights.items()}
    left = total - sum(parts.values())
    by_remainder = sorted(weights, key=lambda name: (-(total * weights[name] % whole), name))
    for name in by_remainder[:left]:
        parts[name] += 1
    return parts


def spread_rest(
    total: int,
    weights: Mapping[str, int | None],
    given: Mapping[str, int] | None = None,
    reserved: Mapping[str, int] | None = None,
) -> Spread:
    """A total over all of `weights`: what is given stands, the rest goes to the others by weight.

    weights: None where it is not known: such a one gets nothing, and None says so. given: of names
    in `weights` or not. reserved: of names in `weights` that are not given: what each has before
    the rest is spread. Where more is given and reserved than there is, the others get 0.
    """
    given, reserved = given or {}, reserved or {}
    rest = total - sum(given.values()) - sum(reserved.values())
    known = {name: w for name, w in weights.items() if name not in given and w is not None}
    parts = spread(max(rest, 0), known)
    values: dict[str, int | None] = {name: reserved.get(name) for name in weights}
    values |= {name: parts.get(name, 0) + reserved.get(name, 0) for name in known}
    values |= given
    return Spread(values, total - sum(value for value in values.values() if value is not None))
