"""A correction of the lines by boosted trees that look at one feature each: step functions.

Needs scikit-learn (extra `welfare`). Trees of one feature add up to one step function a feature,
so that the model stays a sum of points, and scoring needs no library of trees. The lines are fitted
once more beside the steps, so that a line gives way where steps tell more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from tangga.engine.welfare.columns import Floats, Mask, Numbers, Table
from tangga.engine.welfare.design_matrix import Block, rounded
from tangga.engine.welfare.lines import Fitted, lines
from tangga.engine.welfare.model import POINTS, Effect, bounded, unusable
from tangga.engine.welfare.survey import Survey
from tangga.errors import UserError

MOST_STEPS = 64
"""A feature is cut into at most so many pieces of equal weight."""
TREES, RATE, LEAVES = 100, 0.1, 4
LEAST_LEAF = 20
"""No step rests on fewer households."""


@dataclass(frozen=True)
class Shape:
    """A step function: `heights[k]` from `starts[k - 1]` on. starts: values that occur."""

    starts: Floats
    heights: Floats

    def at(self, values: Floats) -> Floats:
        """The height at each value (none may be NaN)."""
        return self.heights[np.searchsorted(self.starts, values, side="right")]


def require_trees() -> None:
    """UserError where scikit-learn is not installed."""
    try:
        import sklearn.ensemble  # noqa: F401
    except ImportError as error:
        raise UserError(
            "a boosted correction needs scikit-learn, which is not installed",
            todo="Install it: .venv/bin/pip install 'scikit-learn>=1.8', "
            "or set correction = false in [model] of the spec",
        ) from error


def correct(fitted: Fitted, survey: Survey) -> Fitted:
    """Lines with steps beside them, learnt from what the lines left over.

    Raises UserError without scikit-learn.
    """
    found = shapes(fitted.design.blocks, survey.table, fitted.error, survey.weight)
    if not found:
        return fitted
    added = np.zeros(len(survey))
    for block in fitted.design.blocks:
        shape = found.get(block.feature.name)
        if shape is not None:
            values, absent = _usable(block, survey.table)
            added += np.where(absent, 0.0, shape.at(values))
    again = lines(survey, fitted.design, added)
    effects = tuple(
        _stepped(effect, found.get(effect.feature.name), survey) for effect in again.model.effects
    )
    return replace(again, model=replace(again.model, effects=effects))


def _stepped(effect: Effect, shape: Shape | None, survey: Survey) -> Effect:
    """An effect with steps, and with the variance of both where not knowing it costs certainty."""
    if shape is None:
        return effect
    steps = tuple(round(float(height) * POINTS) for height in shape.heights)
    effect = replace(effect, starts=tuple(float(start) for start in shape.starts), steps=steps)
    if effect.doubt == 0.0:
        return effect
    points, absent = effect.points(survey.table[effect.feature.name])
    worth, weight = points[~absent] / POINTS, survey.weight[~absent]
    variance = np.average(np.square(worth - np.average(worth, weights=weight)), weights=weight)
    return replace(effect, doubt=rounded(float(variance)))


def _usable(block: Block, table: Table) -> tuple[Floats, Mask]:
    """(numbers within their bounds, where there are none) of a feature."""
    column = table[block.feature.name]
    assert isinstance(column, Numbers)
    absent = unusable(block.feature, column.values)
    return bounded(block.feature, np.where(absent, 1.0, column.values)), absent


def shapes(
    blocks: tuple[Block, ...], table: Table, error: Floats, weight: Floats
) -> dict[str, Shape]:
    """The step function of each number that takes three values or more, centred on the average.

    error: what is to be explained, in units. The sum of all shapes is the trees' prediction but for
    a constant. Raises UserError without scikit-learn.
    """
    require_trees()
    cut = {}
    for block in blocks:
        if block.feature.numeric:
            values, absent = _usable(block, table)
            starts = _starts(values[~absent], weight[~absent])
            if len(starts) > 1:
                cut[block.feature.name] = (block, starts, values, absent)
    if not cut:
        return {}
    codes = np.column_stack([_codes(starts, v, absent) for _, starts, v, absent in cut.values()])
    trees = grow(codes, error, weight, [block.feature.monotone for block, *_ in cut.values()])
    found = read_out(trees, [len(starts) + 1 for _, starts, *_ in cut.values()])
    result = {}
    for (name, (_, starts, values, absent)), heights in zip(cut.items(), found, strict=True):
        at = np.searchsorted(starts, values[~absent], side="right")
        average = float(heights[at] @ weight[~absent] / weight[~absent].sum())
        result[name] = Shape(starts, heights - average)
    return result


def _starts(values: Floats, weight: Floats) -> Floats:
    """Where pieces of a feature begin: at values that occur, the least left out."""
    distinct = np.unique(values)
    if len(distinct) > MOST_STEPS:
        order = np.argsort(values, kind="stable")
        cumulated = np.cumsum(weight[order])
        at = np.searchsorted(cumulated, np.linspace(0, cumulated[-1], MOST_STEPS + 1)[:-1])
        distinct = np.unique(values[order][np.minimum(at, len(values) - 1)])
    return distinct[1:]


def _codes(starts: Floats, values: Floats, absent: Mask) -> Floats:
    return np.where(absent, np.nan, np.searchsorted(starts, values, side="right"))


def grow(codes: Floats, error: Floats, weight: Floats, directions: list[int]) -> Any:
    """Boosted trees of one feature each, monotone where asked for; the same on any machine."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    trees = HistGradientBoostingRegressor(
        max_iter=TREES,
        learning_rate=RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=LEAST_LEAF,
        max_bins=MOST_STEPS + 1,
        early_stopping=False,
        interaction_cst="no_interactions",
        monotonic_cst=directions,
        random_state=0,
    )
    with threadpool_limits(limits=1):
        return trees.fit(codes, error, sample_weight=weight / weight.mean())


def read_out(trees: Any, pieces: list[int]) -> list[Floats]:
    """The height of each piece of each feature, the first piece of each 0.

    Trees that look at one feature each add up feature by feature: what a feature adds is seen by
    moving it alone.
    """
    grid = np.zeros((sum(pieces), len(pieces)))
    first = np.cumsum([0, *pieces])
    for place, count in enumerate(pieces):
        grid[first[place] : first[place + 1], place] = np.arange(count)
    level = trees.predict(grid)
    return [level[one:end] - level[one] for one, end in pairwise(first)]
