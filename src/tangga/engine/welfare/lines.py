"""The lines of a model: effects by weighted least squares, before anything is known of errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tangga.engine.welfare.columns import Floats
from tangga.engine.welfare.design_matrix import Design, design_of, rounded
from tangga.engine.welfare.model import POINTS, Model, Spread
from tangga.engine.welfare.ols import Solution, solve
from tangga.engine.welfare.spec import SHARES
from tangga.engine.welfare.spread import weighted_quantiles
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


def fit_lines(survey: Survey) -> Fitted:
    """Effects of a survey's features, learnt with households' weights; no spread yet."""
    return lines(survey, design_of(survey.table, survey.spec.features, survey.weight))


def lines(survey: Survey, design: Design, added: Floats | float = 0.0) -> Fitted:
    """Effects by least squares. added: what steps beside the lines add already, in units."""
    spec = survey.spec
    y = target(survey)
    rest = y - added
    average = float(survey.weight @ rest / survey.weight.sum())
    solution = solve(design.matrix, rest - average, survey.weight, design.signs)
    effects = tuple(block.effect(solution.coefficients) for block in design.blocks)
    offset = design.offset(solution.coefficients)
    cuts = weighted_quantiles(y, survey.people, np.array(SHARES))
    model = Model(
        version=spec.version,
        log=spec.log,
        unit=spec.unit,
        intercept=round((average - offset) * POINTS) - sum(effect.centre for effect in effects),
        effects=effects,
        spread=Spread(0.0, 0.0, (), 1.0, 1.0),
        quantiles=(-1.0, 1.0),
        cuts={share: rounded(cut) for share, cut in zip(SHARES, cuts, strict=True)},
        chosen={},
        held=spec.held,
        persistence=spec.persistence,
        shock=spec.shock,
    )
    score = average + added + design.matrix @ solution.coefficients
    return Fitted(model, design, solution, score, y - score)
