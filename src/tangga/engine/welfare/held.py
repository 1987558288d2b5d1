"""Held deciles: a family of which nothing changed does not change because a model was re-estimated.

A score moves a little with every new survey, and with it thousands of families from decile 4 to 5
of whom nobody learnt anything. So a family whose answers are those of the run before keeps its
decile, unless it has become clear that it stands on the wrong side of a line that help depends on:
of the poorest 20 % or of the poorest 40 %. Clear means: its chance of being within is less than
that of those at the line by a margin where it was held inside, more by a margin where it was held
outside, and today's quota puts it on that side too. So who is ranked again with nothing new stays.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from tangga.engine.welfare.columns import Floats, Ints, Mask

Deciles = npt.NDArray[np.int8]
TENTHS = 10
MILLION = 1_000_000


def held(
    raw: Deciles,
    before: Deciles,
    unchanged: Mask,
    chances: Mapping[float, Floats],
    margin: float,
    *,
    middle: Mapping[float, float] | None = None,
) -> Deciles:
    """The decile that a family is given, 1 to 10; 0 where there is none.

    raw: the decile by quota of now (0: no score). before: the decile it held (0: none). unchanged:
    whether all its answers are those of the run before. chances: by share of people (such as 0.2
    and 0.4), each family's chance of being among them; NaN where not known: then nothing crosses.
    middle: by share, the chance that margins count from (`middles`); None: 0.5 of each.

    Changed, or with none before: `raw`. Else the decile before; but one that crossed a line (by its
    chance, and `raw` lies beyond too) is given `raw`, not beyond the lines that it did not cross.
    So held deciles need not be tenths, and holding them once more changes nothing.
    ValueError for lengths that differ, or a margin that is not from 0 to below 0.5.
    """
    if not 0 <= margin < 0.5:
        raise ValueError(f"a margin of {margin}: it is from 0 to below 0.5")
    lengths = {len(raw), len(before), len(unchanged), *(len(c) for c in chances.values())}
    if len(lengths) > 1:
        raise ValueError(f"deciles and chances are of several lengths: {sorted(lengths)}")
    middle = dict.fromkeys(chances, 0.5) if middle is None else middle
    lowest, highest, crossed = _sides(raw, before, chances, margin, middle)
    within = np.clip(raw, lowest, highest)
    kept = np.where(crossed, within, before)
    return np.where(unchanged & (before > 0) & (raw > 0), kept, raw).astype(np.int8)


def middles(chances: Mapping[float, Floats], weight: Ints) -> dict[float, float]:
    """By share, the chance from which on just that share of those ranked would be chosen.

    That is the chance of those at the line. It is not one half: where the poorest 40 % end is known
    from few clusters, and refits of a model from 33 put it anywhere from 0.2 to 0.6. Counted from
    one half, one side of a line would be a wall and the other a slope, and held deciles would
    bleed: in thirty refits in a row, the poorest four from 40 to 37 % of the people, though nothing
    about anybody changed (`stability` tells it).

    weight: of each, whole. In millionths, as chances are stored, so that nothing depends on order.
    Where nobody is known, 0.5.
    """
    found = {}
    for share, chance in chances.items():
        known = ~np.isnan(chance)
        steps = np.rint(chance[known] * MILLION).astype(np.int64)
        held_at = np.bincount(MILLION - steps, weights=weight[known], minlength=MILLION + 1)
        total = held_at.sum()
        chosen = int(np.searchsorted(np.cumsum(held_at), share * total)) if total > 0 else -1
        found[share] = 0.5 if chosen < 0 else (MILLION - chosen) / MILLION
    return found


def _sides(
    raw: Deciles,
    before: Deciles,
    chances: Mapping[float, Floats],
    margin: float,
    middle: Mapping[float, float],
) -> tuple[Deciles, Deciles, Mask]:
    """The lowest and highest decile between the lines beside each family, and who crossed one."""
    lowest = np.ones(len(before), dtype=np.int8)
    highest = np.full(len(before), TENTHS, dtype=np.int8)
    inside = np.zeros(len(before), dtype=bool)
    crossed = np.zeros(len(before), dtype=bool)
    for share in sorted(chances):
        last = np.int8(round(TENTHS * share))
        was = before <= last
        # Comparisons with NaN are false: what is not known lets nobody go and nobody in.
        out = was & (raw > last) & (chances[share] < middle[share] - margin)
        enters = ~was & (raw <= last) & (chances[share] > middle[share] + margin)
        # Who is among the poorest 20 % is among the poorest 40 %, whatever a chance says.
        inside |= (was & ~out) | enters
        highest = np.where(inside, np.minimum(highest, last), highest)
        lowest = np.where(inside, lowest, last + np.int8(1))
        crossed |= out | enters
    return lowest, highest, crossed
