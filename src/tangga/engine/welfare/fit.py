"""Learns a model from a survey: effects, how sure they are, and what it learnt them from.

Effects are learnt with households' weights; all shares, cuts and chances speak of whom the spec
says, people unless it says households. The same survey and spec give the same model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from tangga.engine.welfare.about import about
from tangga.engine.welfare.columns import Floats
from tangga.engine.welfare.correction import NOT_ASKED, Decision, decide
from tangga.engine.welfare.design_matrix import Design, rounded
from tangga.engine.welfare.folds import OutOfFold, out_of_fold
from tangga.engine.welfare.lines import Fitted, fit_lines, target
from tangga.engine.welfare.model import Model
from tangga.engine.welfare.model_file import model_hash
from tangga.engine.welfare.spec import SHARES
from tangga.engine.welfare.spread import fit_spread, quantile_table
from tangga.engine.welfare.survey import Survey
from tangga.engine.welfare.teachable import check_scored, check_survey


def fit_mean(survey: Survey, *, correction: bool = False) -> Model:
    """A model from one pass over a survey: what is fitted in every fold and bootstrap sample.

    correction: with steps beside the lines. Spread and quantiles are from the errors of the same
    households, widened for the coefficients spent.
    """
    fitted = _fitted(survey, correction)
    n, spent = len(survey), int(fitted.solution.free.sum()) + 1
    error = fitted.error * np.sqrt(n / max(n - spent, 1))
    return with_spread(fitted, survey, error)


def fit_model(survey: Survey, *, correction: bool | None = None) -> Model:
    """The model of a survey, with chances from cross-validation by cluster.

    correction: None: as the spec says; True: by boosted trees, kept only where they help. Raises
    UserError where the survey cannot teach what the spec asks for, or has one cluster.
    """
    check_survey(survey)
    judged, decision = out_of_fold(survey, fit_mean), NOT_ASKED
    if survey.spec.correction if correction is None else correction:
        other = out_of_fold(survey, partial(fit_mean, correction=True))
        decision = decide(survey, target(survey), judged, other)
        judged = other if decision.kept else judged
    check_scored(survey, judged)
    fitted = _fitted(survey, decision.kept)
    model = with_spread(fitted, survey, target(survey) - judged.score)
    if survey.spec.cutoff == "calibrated":
        scored = model.score(survey.table)
        chances = {share: model.chance_within(scored, share) for share in SHARES}
        model = replace(model, chosen=chosen_of(chances, survey.people))
    return _told(model, fitted, survey, judged, decision)


def _fitted(survey: Survey, correction: bool) -> Fitted:
    fitted = fit_lines(survey)
    if not correction:
        return fitted
    from tangga.engine.welfare.boost import correct

    return correct(fitted, survey)


def with_spread(fitted: Fitted, survey: Survey, error: Floats) -> Model:
    """The model with the spread and the quantiles of these errors (units; NaN: not known)."""
    known = ~np.isnan(error)
    design = Design(fitted.design.matrix[known], fitted.design.blocks)
    score, weight, error = fitted.score[known], survey.weight[known], error[known]
    spread = fit_spread(design, error, score, weight, survey.spec.spread)
    model = replace(fitted.model, spread=spread)
    sigma = model.score(survey.table.take(known)).sigma
    sure = ~np.isnan(sigma)
    if not sure.any():  # a fold in which every household lacks something; `check_scored` tells
        return model
    quantiles = quantile_table(error[sure] / sigma[sure], survey.people[known][sure])
    return replace(model, quantiles=quantiles)


def chosen_of(chances: Mapping[float, Floats], weight: Floats) -> dict[float, float]:
    """For each share, the chance from which on households come nearest to so much of the weight.

    chances: by share, one a household (NaN: not known, and never chosen).
    """
    found = {}
    for share, chance in chances.items():
        known = np.flatnonzero(~np.isnan(chance))
        order = known[np.argsort(-chance[known], kind="stable")]
        cumulated = np.cumsum(weight[order]) / weight.sum()
        last = np.append(np.diff(chance[order]) < 0, True)
        nearest = np.argmin(np.abs(cumulated[last] - share))
        found[share] = rounded(float(chance[order][last][nearest]))
    return found


def _told(
    model: Model, fitted: Fitted, survey: Survey, judged: OutOfFold, decision: Decision
) -> Model:
    """The model with what it learnt from, and its version."""
    model = replace(model, about=about(fitted, survey, judged, decision))
    return replace(model, version=f"{survey.spec.version}-{model_hash(model)[:8]}")
