"""Held deciles: a family of which nothing changed does not change because a model was re-estimated.

A score moves a little with every new survey, and with it thousands of families from decile 4 to 5
of whom nobody learnt anything. So a family whose answers are those of the run before keeps its
decile, unless it has become clear that it stands on the wrong side of a line that help depends on:
of the poorest 20 % or of the poorest 40 %. Clear means: its chance of being within is below
0.5 - margin where it was held inside, above 0.5 + margin where it was held outside, and today's
quota puts it on that side too (in a place that is poorer than the survey's country, far more than
four tenths of the people have such a chance). So who is ranked again with nothing new stays.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from tangga.engine.welfare.columns import Floats, Mask

Deciles = npt.NDArray[np.int8]
TENTHS = 10


def held(
    raw: Deciles, before: Deciles, unchanged: Mask, chances: Mapping[float, Floats], margin: float
) -> Deciles:
    """The decile that a family is given, 1 to 10; 0 where there is none.

    raw: the decile by quota of now (0: no score). before: the decile it held (0: none). unchanged:
    whether all its answers are those of the run before. chances: by share of people (such as 0.2
    and 0.4), each family's chance of being among them; NaN where not known: then nothing crosses.

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
    lowest, highest, crossed = _sides(raw, before, chances, margin)
    within = np.clip(raw, lowest, highest)
    kept = np.where(crossed, within, before)
    return np.where(unchanged & (before > 0) & (raw > 0), kept, raw).astype(np.int8)


def _sides(
    raw: Deciles, before: Deciles, chances: Mapping[float, Floats], margin: float
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
        out = was & (raw > last) & (chances[share] < 0.5 - margin)
        enters = ~was & (raw <= last) & (chances[share] > 0.5 + margin)
        # Who is among the poorest 20 % is among the poorest 40 %, whatever a chance says.
        inside |= (was & ~out) | enters
        highest = np.where(inside, np.minimum(highest, last), highest)
        lowest = np.where(inside, lowest, last + np.int8(1))
        crossed |= out | enters
    return lowest, highest, crossed
