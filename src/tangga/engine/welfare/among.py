"""Where the poorest 20 and 40 % end among those who are ranked, not in the survey learnt from.

Of whom a register holds, 40 % are its poorest 40 %, whatever a survey of a few villages happened to
show. With the survey's own cuts, chances in a register would rise and fall together with each new
survey, and held deciles would let go many families at once for that reason alone: in refits of a
model from 33 clusters, the chances spoke of 31 to 49 % as "the poorest 40 %", and held families
crossed the line almost three times as often as with the cuts of those ranked.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tangga.engine.welfare.columns import Floats, Ints
from tangga.engine.welfare.model import POINTS, Model, Scored

STEP = POINTS // 1000
"""Scores are taken together in steps of a thousandth of a unit: far finer than a cut can be."""
SIGMAS = 64
HALVINGS = 40
DIGITS = 9
NEAR = 0.005
"""So much of the weight on either side of a quota's line stands for those at it."""


def among(model: Model, scored: Scored, weight: Ints | Floats) -> Model:
    """The model with cuts such that the chances of those ranked add up to each share of them.

    scored: what the model says of all who are ranked together; weight: of each. Families without a
    score count for nothing. With nobody known the cuts stay. The order of families does not
    matter where weights are whole numbers.
    """
    known = scored.known & (weight > 0)
    if not known.any():
        return model
    score, sigma, held = _together(scored.score[known], scored.sigma[known], weight[known])
    grouped = Scored(score, np.ones(len(score), dtype=bool), sigma, {}, {})
    ends = (score.min() / POINTS, score.max() / POINTS)
    widest = float(sigma.max()) * max(abs(model.quantiles[0]), abs(model.quantiles[-1]))
    cuts = {}
    for share in model.cuts:
        low, high = ends[0] - widest, ends[1] + widest
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            expected = float(np.sum(model.chance_below(grouped, middle) * held))
            low, high = (middle, high) if expected < share else (low, middle)
        cuts[share] = round(float((low + high) / 2), DIGITS)
    return replace(model, cuts=cuts)


def at_quota(model: Model, scored: Scored, weight: Ints | Floats) -> dict[float, float]:
    """By share, the chance to be within it of those at the very line of the quota.

    model: as `among` made it of the same families. It is not a half: who stands at the line of the
    poorest 20 % by score is there by luck more often than not. The weighted mean over those within
    NEAR of the line, by their place; the share itself where nobody is known.
    """
    known = scored.known & (weight > 0)
    if not known.any():
        return {share: share for share in model.cuts}
    score, sigma, held = _together(scored.score[known], scored.sigma[known], weight[known])
    grouped = Scored(score, np.ones(len(score), dtype=bool), sigma, {}, {})
    upto = np.cumsum(held)
    found = {}
    for share in model.cuts:
        near = (upto > share - NEAR) & (upto - held < share + NEAR)
        chance = model.chance_within(grouped, share)
        found[share] = round(float(np.average(chance[near], weights=held[near])), DIGITS)
    return found


def _together(score: Ints, sigma: Floats, weight: Ints | Floats) -> tuple[Ints, Floats, Floats]:
    """Families alike in score and certainty as one, with the share of the weight that they hold."""
    step = (score - score.min()) // STEP
    least, most = float(sigma.min()), float(sigma.max())
    wide = (most - least) / SIGMAS or 1.0
    level = np.minimum((sigma - least) / wide, SIGMAS - 1).astype(np.int64)
    cell = step * SIGMAS + level
    total = np.bincount(cell, weights=weight)
    full = np.flatnonzero(total)
    middle = full // SIGMAS * STEP + STEP // 2 + score.min()
    return middle, least + (full % SIGMAS + 0.5) * wide, total[full] / total.sum()
