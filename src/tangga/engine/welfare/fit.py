"""Learns a model from a survey: effects by weighted least squares, and how sure they are.

Effects are learnt with households' weights; all shares, cuts and chances speak of whom the spec
says, people unless it says households.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tangga.engine.welfare.columns import Floats
from tangga.engine.welfare.design_matrix import Design, design_of, rounded
from tangga.engine.welfare.folds import out_of_fold
from tangga.engine.welfare.model import POINTS, Model, Spread
from tangga.engine.welfare.ols import Solution, solve
from tangga.engine.welfare.spec import SHARES
from tangga.engine.welfare.spread import fit_spread, quantile_table, weighted_quantiles
from tangga.engine.welfare.survey import Survey


@dataclass(frozen=True)
class Fitted:
    """A model's mean, with what it was solved from; score and error in units, a household each."""

    model: Model
    design: Design
    solution: Solution
    score: Floats
    error: Floats


def target(survey: Survey) -> Floats:
    """What is modelled, in units: the logarithm of the outcome, or the outcome itself."""
    return np.log(survey.outcome) if survey.spec.log else survey.outcome


def fit_mean(survey: Survey) -> Model:
    """A model from one pass over a survey: what is fitted in every fold and bootstrap sample.

    Spread and quantiles are from the errors of the same households, widened for the coefficients
    spent.
    """
    fitted = fit_lines(survey)
    n, spent = len(survey), int(fitted.solution.free.sum()) + 1
    error = fitted.error * np.sqrt(n / max(n - spent, 1))
    return with_spread(fitted, survey, error)


def fit_lines(survey: Survey) -> Fitted:
    """Effects of a survey's features, without spread."""
    spec = survey.spec
    y = target(survey)
    design = design_of(survey.table, spec.features, survey.weight)
    average = float(survey.weight @ y / survey.weight.sum())
    solution = solve(design.matrix, y - average, survey.weight, design.signs)
    effects = tuple(block.effect(solution.coefficients) for block in design.blocks)
    offset = design.offset(solution.coefficients)
    intercept = round((average - offset) * POINTS) - sum(effect.centre for effect in effects)
    cuts = weighted_quantiles(y, survey.people, np.array(SHARES))
    model = Model(
        version=spec.version,
        log=spec.log,
        unit=spec.unit,
        intercept=intercept,
        effects=effects,
        spread=Spread(0.0, 0.0, (), 1.0, 1.0),
        quantiles=(-1.0, 1.0),
        cuts={share: rounded(cut) for share, cut in zip(SHARES, cuts, strict=True)},
        chosen={},
        held=spec.held,
        persistence=spec.persistence,
        shock=spec.shock,
    )
    score = average + design.matrix @ solution.coefficients
    return Fitted(model, design, solution, score, y - score)


def with_spread(fitted: Fitted, survey: Survey, error: Floats) -> Model:
    """The model with the spread and the quantiles of these errors (NaN: not known)."""
    known = ~np.isnan(error)
    design = Design(fitted.design.matrix[known], fitted.design.blocks)
    score, weight, error = fitted.score[known], survey.weight[known], error[known]
    spread = fit_spread(design, error, score, weight, survey.spec.spread)
    model = replace(fitted.model, spread=spread)
    sigma = model.score(survey.table.take(known)).sigma
    sure = ~np.isnan(sigma)
    quantiles = quantile_table(error[sure] / sigma[sure], survey.people[known][sure])
    return replace(model, quantiles=quantiles)


def fit_model(survey: Survey, *, correction: bool | None = None) -> Model:
    """The model of a survey, with chances from cross-validation by cluster."""
    fitted = fit_lines(survey)
    judged = out_of_fold(survey, fit_mean)
    return with_spread(fitted, survey, target(survey) - judged.score)
