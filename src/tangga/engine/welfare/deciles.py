"""Deciles: a tenth of the people (or families) each, poorest first, in whole numbers only.

Families with the same score stand in the same decile, that of the middle of their weight:
1 + (parts * (2 * below + tied)) // (2 * total), at most `parts`, where `below` is the weight of all
with a lower score and `tied` the weight of all with this one. So nobody's decile hangs on the order
of rows, and a score that a third of a village shares does not tear neighbours apart. A family that
is not known has no decile, and its weight counts for nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tangga.engine.welfare.columns import Floats, Ints, Mask

Deciles = npt.NDArray[np.int8]
Groups = npt.NDArray[np.signedinteger]
NO_DECILE = 0
AT_ONCE = 1 << 17
"""Families looked up at a time: few enough to stay in the processor's cache."""
MOST_PARTS = 100
FINEST = 30
"""Bits of the largest weight, where weights are not whole numbers already."""
ROOM = 63
"""Bits of a whole number that may stand for group, score and weight."""


def deciles(
    score: Ints, known: Mask, weight: Ints, *, parts: int = 10, within: Groups | None = None
) -> Deciles:
    """The decile of each family, 1 (poorest) to `parts`; 0 where there is none.

    score, known, weight: one a family; a weight is of people or of families, whole and not
    negative (`whole` makes them so). within: a number of each family's group (from 0; below 0: in
    none), for deciles within groups; a group in which nobody weighs anything has none.
    ValueError for lengths that differ, a negative weight or more weight than whole numbers hold.
    """
    _check(score, known, weight, parts, within)
    ranked = known if within is None else known & (within >= 0)
    if ranked.all():
        return _ranked(score, weight, parts, within)
    found = np.zeros(len(score), dtype=np.int8)
    groups = None if within is None else within[ranked]
    found[ranked] = _ranked(score[ranked], weight[ranked], parts, groups)
    return found


def whole(weights: Floats) -> Ints:
    """A survey's weights as whole numbers: as they are where they are whole, else in steps of a
    power of two, the largest weight about a thousand million steps."""
    largest = float(weights.max(initial=0.0))
    if largest == 0 or (largest < 2**40 and np.array_equal(weights, np.rint(weights))):
        return weights.astype(np.int64)
    _, exponent = np.frexp(largest)
    return np.rint(np.ldexp(weights, FINEST - int(exponent))).astype(np.int64)


def _check(score: Ints, known: Mask, weight: Ints, parts: int, within: Groups | None) -> None:
    lengths = {len(score), len(known), len(weight), len(score) if within is None else len(within)}
    if len(lengths) > 1:
        raise ValueError(f"scores, weights and groups are of several lengths: {sorted(lengths)}")
    if score.dtype.kind != "i" or weight.dtype.kind != "i":
        raise ValueError(f"scores and weights are whole numbers, not {score.dtype}, {weight.dtype}")
    if not 1 <= parts <= MOST_PARTS:
        raise ValueError(f"into {parts} parts: from 1 to {MOST_PARTS} can be made")
    if len(weight) and weight.min() < 0:
        raise ValueError("a weight is negative")
    if float(weight.sum(dtype=np.float64)) * 2 * parts >= 2**62:
        raise ValueError("the weights are too large to be added up")


def _ranked(score: Ints, weight: Ints, parts: int, within: Groups | None) -> Deciles:
    if not len(score):
        return np.zeros(0, dtype=np.int8)
    order = _in_order(score, weight, within)
    first, enough = _cuts(order, parts)
    found = np.empty(len(score), dtype=np.int8)
    for start in range(0, len(score), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        found[some] = _looked_up(
            score[some], None if within is None else within[some], first, enough
        )
    return found


@dataclass(frozen=True)
class _Order:
    """Families from poorest to best off, group after group.

    place: group and score as one number, in order. upto: the weight up to and with each. bits: of
    `place` that hold the score. lowest: the lowest score. groups: how many.
    """

    place: Ints
    upto: Ints
    bits: int
    lowest: int
    groups: int


def _in_order(score: Ints, weight: Ints, within: Groups | None) -> _Order:
    """Sorted by group and score. Where group, score and weight fit into one whole number, those
    are sorted, with nothing carried along: several times as quick as an order of rows."""
    lowest, groups = int(score.min()), 1 if within is None else int(within.max()) + 1
    bits = (int(score.max()) - lowest).bit_length()
    light = int(weight.max()).bit_length()
    if bits + (groups - 1).bit_length() > ROOM:
        raise ValueError("the scores lie too far apart to be ranked")
    place = score - lowest
    if within is not None:
        place += within.astype(np.int64) << bits
    if bits + (groups - 1).bit_length() + light <= ROOM:
        place <<= light
        place |= weight
        place.sort()
        upto = np.cumsum(place & ((1 << light) - 1))
        place >>= light
    else:
        rows = np.argsort(place)
        place, upto = place[rows], np.cumsum(weight[rows])
    return _Order(place, upto, bits, lowest, groups)


def _cuts(order: _Order, parts: int) -> tuple[npt.NDArray[np.int64], Mask]:
    """first[k, g]: the lowest score of group g in part k + 2 or above; whether g has weight at all.

    A score is in part k + 1 or above where 2 * below + tied >= need, the 2 * k * total / parts
    rounded up. The score at which the weight first reaches half of that is the only one where
    the middle may still lie short of it: then the next score is the first.
    """
    groups = np.arange(order.groups + 1, dtype=np.int64)
    starts = np.searchsorted(order.place, groups << order.bits)
    upto = np.concatenate([[0], order.upto])
    before, total = upto[starts[:-1]], np.diff(upto[starts])
    need = -(-2 * np.arange(1, parts, dtype=np.int64)[:, None] * total // parts)
    at = np.searchsorted(order.upto, before + (need + 1) // 2)
    at = np.minimum(at, len(order.place) - 1)
    begin = np.searchsorted(order.place, order.place[at])
    end = np.searchsorted(order.place, order.place[at], side="right")
    middle = upto[begin] + upto[end] - 2 * before
    reached = np.where(middle >= need, begin, end)
    # Beyond the last of its group: nobody's score is that high.
    nobody = reached >= starts[1:]
    score = order.place[np.minimum(reached, len(order.place) - 1)] - (groups[:-1] << order.bits)
    return np.where(nobody, np.iinfo(np.int64).max, score + order.lowest), total > 0


def _looked_up(
    score: Ints, within: Groups | None, first: npt.NDArray[np.int64], enough: Mask
) -> Deciles:
    found = np.ones(len(score), dtype=np.int8)
    for lowest in first:
        found += score >= (lowest[0] if within is None else lowest[within])
    found *= enough[0] if within is None else enough[within]
    return found
