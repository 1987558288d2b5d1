"""How large the part is that a model does not know: variance, quantiles, and chances from them.

The variance depends on features through its logarithm (Harvey 1976), as in the vulnerability
measure of Chaudhuri, Jalan and Suryahadi (2002) but for the logarithm, which keeps it above 0.
Estimated by maximum likelihood, shrunk a little towards one variance for all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tangga.engine.welfare.columns import Floats
from tangga.engine.welfare.design_matrix import Design, rounded
from tangga.engine.welfare.model import POINTS, Effect, Spread

STEPS = 201
"""Quantiles of the standardised error, at chances 0, 0.005 ... 1."""
OUTLIER = 16.0
"""A squared error beyond so many average ones counts as so many: one household is no rule."""
SHRINKAGE = 0.3
"""What one standard deviation of a feature may be expected to change in the log of the variance."""
ROUNDS, CLOSE = 12, 1e-5
BOUNDS = (0.01, 0.99)


def fit_spread(
    design: Design, error: Floats, score: Floats, weight: Floats, features: Sequence[str]
) -> Spread:
    """The variance of an error as it depends on features and score.

    error, score: in units, one a household of the design. features: by name; none: all of them.
    The score counts beside the features where these are not all: all together are the score.
    """
    names = [block.feature.name for block in design.blocks]
    columns, blocks = design.some(features or names)
    share = weight / weight.sum()
    typical = float(share @ np.square(error))
    if typical <= 0.0:
        return Spread(np.log(1e-12), 0.0, (), 1e-6, 1e-6)
    centre = float(share @ score)
    unit = float(np.sqrt(share @ np.square(score - centre)))
    with_score = len(blocks) < len(names) and unit * POINTS > 1.0
    if with_score:
        columns = np.column_stack([columns, (score - centre) / unit])
    squared = np.minimum(np.square(error) / typical, OUTLIER)
    found = _log_variance(columns, squared, share, 1.0 / np.square(weight / weight.sum()).sum())
    per_score = rounded(float(found[-1]) / unit) if with_score else 0.0
    effects = tuple(_plain(block.effect(found)) for block in blocks)
    logged = columns @ found
    scale = typical * float(share @ (np.square(error) / typical / np.exp(logged)))
    sigma = np.sqrt(scale * np.exp(logged))
    offset = sum(float(found[b.stop - 1]) * b.absent_share for b in blocks if b.indicator)
    start = np.log(scale) - offset - per_score * centre - sum(e.centre for e in effects) / POINTS
    low, high = weighted_quantiles(sigma, weight, np.array(BOUNDS))
    return Spread(rounded(start), per_score, effects, rounded(low), rounded(high))


def _plain(effect: Effect) -> Effect:
    """A missing feature adds its average to the log of the variance, or what missing is worth."""
    from dataclasses import replace

    missing = effect.centre if effect.missing is None else effect.missing
    return replace(effect, missing=missing, doubt=0.0)


def _log_variance(columns: Floats, squared: Floats, share: Floats, count: float) -> Floats:
    """Coefficients of the log of the variance, by Fisher scoring; its information never changes.

    squared: squared errors, 1 on average. share: weights that sum to 1. count: households that
    weights of this kind are worth (Kish).
    """
    weight = share * count
    prior = np.eye(columns.shape[1]) / SHRINKAGE**2
    scaled = columns * np.sqrt(weight / 2)[:, None]
    information = scaled.T @ scaled + prior
    inverse = np.linalg.inv(information) if len(prior) else prior
    found, level = np.zeros(columns.shape[1]), 0.0
    for _ in range(ROUNDS):
        ratio = squared / np.exp(np.clip(level + columns @ found, -20.0, 20.0))
        pull = columns.T @ (weight * (ratio - 1.0)) / 2 - prior @ found
        step = inverse @ pull
        found = found + step * min(1.0, 1.0 / (np.abs(step).max(initial=0.0) + 1e-12))
        level += float(np.clip(share @ ratio - 1.0, -1.0, 1.0))
        if np.abs(step).max(initial=0.0) < CLOSE:
            break
    return found


def weighted_quantiles(values: Floats, weight: Floats, chances: Floats) -> Floats:
    """The values below which these shares of the weight lie, from middle to middle of weights."""
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(weight[order])
    middle = (cumulated - weight[order] / 2) / cumulated[-1]
    return np.interp(chances, middle, values[order])


def quantile_table(standardised: Floats, weight: Floats) -> tuple[float, ...]:
    """Quantiles of the standardised error at even chances, each above the one before.

    The outermost are beyond all errors seen, as far as the tail is long: twice the average excess
    over the quantile beside, and at least one standard deviation.
    """
    inner = weighted_quantiles(standardised, weight, np.linspace(0.0, 1.0, STEPS)[1:-1])
    low = min(inner[0] - 2 * _excess(inner[0] - standardised, weight), standardised.min()) - 1.0
    high = max(inner[-1] + 2 * _excess(standardised - inner[-1], weight), standardised.max()) + 1.0
    found = np.array([rounded(value) for value in (low, *inner, high)])
    return tuple(float(v) for v in np.maximum.accumulate(found + np.arange(STEPS) * 1e-9))


def _excess(beyond: Floats, weight: Floats) -> float:
    over = beyond > 0
    return float(beyond[over] @ weight[over] / weight[over].sum()) if over.any() else 0.0
