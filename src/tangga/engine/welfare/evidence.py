"""What is true of each household, and what a model that never saw it says: all that is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tangga.engine.welfare.accuracy import Ranks
from tangga.engine.welfare.columns import Floats, Mask
from tangga.engine.welfare.fit import chosen_of
from tangga.engine.welfare.folds import Fit, OutOfFold, out_of_fold
from tangga.engine.welfare.model import POINTS, Model, Scored
from tangga.engine.welfare.spec import SHARES
from tangga.engine.welfare.spread import quantile_table
from tangga.engine.welfare.survey import Survey
from tangga.engine.welfare.teachable import check_scored
from tangga.errors import UserError


@dataclass(frozen=True)
class Said:
    """What is said of each household. score, sigma: units. chance: by share, of being among those
    poorest. below_line: the chance to live below the spec's line. limit: by share, the chance from
    which on a calibrated cut-off chooses. NaN where not known. folds: of cross-validation, 0 where
    a saved model is judged. missing, unseen: families by feature, as in `Scored`."""

    score: Floats
    sigma: Floats
    chance: Mapping[float, Floats]
    below_line: Floats
    limit: Mapping[float, Floats]
    folds: int
    missing: Mapping[str, int]
    unseen: Mapping[str, int]


@dataclass(frozen=True)
class Evidence:
    """A survey and what is said of it. outcome, line: in the modelled unit; line NaN for none.

    choose: `quota` or `calibrated`.
    """

    survey: Survey
    outcome: Floats
    line: Floats
    said: Said
    choose: str

    @property
    def known(self) -> Mask:
        """Households with a score."""
        return ~np.isnan(self.said.score)

    @cached_property
    def truth(self) -> Ranks:
        """Households by their outcome."""
        return Ranks.of(self.outcome)

    @cached_property
    def ranks(self) -> Ranks:
        """Households by their score."""
        return Ranks.of(self.said.score)

    @cached_property
    def beside_line(self) -> Ranks:
        """Households by how far their score is above their line; not known where there is none."""
        return Ranks.of(self.said.score - self.line)

    def chosen(self, share: float, weight: Floats) -> Floats:
        """The part of each household that the spec's cut-off chooses, for weights of a sample."""
        if self.choose == "quota":
            return self.ranks.within(weight, share)
        chance, limit = self.said.chance[share], self.said.limit[share]
        return np.where(np.isnan(chance), 0.0, chance >= limit)


def modelled(survey: Survey, values: Floats) -> Floats:
    """Values of the outcome's unit in the unit that is modelled."""
    return np.log(values) if survey.spec.log else values


def cross_validated(survey: Survey, fit: Fit) -> Evidence:
    """What models say of clusters that they have not seen.

    The chances rest on errors of the other folds alone, the cuts on their outcomes: nothing said of
    a household has read it.
    """
    found = out_of_fold(survey, fit)
    check_scored(survey, found)
    outcome, line = modelled(survey, survey.outcome), modelled(survey, survey.line)
    error = (outcome - found.score) / found.sigma
    chance = {share: np.full(len(survey), np.nan) for share in SHARES}
    below = np.full(len(survey), np.nan)
    for fold, model in enumerate(found.models):
        here, others = found.fold == fold, (found.fold != fold) & found.known
        table = quantile_table(error[others], survey.people[others])
        judge, scored = replace(model, quantiles=table), _scored(found.score, found.sigma, here)
        for share in SHARES:
            chance[share][here] = judge.chance_within(scored, share)
        below[here] = judge.chance_below(scored, line[here])
    missing = {name: int(np.count_nonzero(column.missing)) for name, column in _columns(survey)}
    limit = _limits(survey, found, chance)
    said = Said(found.score, found.sigma, chance, below, limit, found.folds, missing, {})
    return Evidence(survey, outcome, line, said, survey.spec.cutoff)


def _limits(
    survey: Survey, found: OutOfFold, chance: Mapping[float, Floats]
) -> dict[float, Floats]:
    """The chances from which on a calibrated cut-off chooses, learnt from the other folds."""
    limit = {share: np.full(len(survey), np.nan) for share in SHARES}
    if survey.spec.cutoff != "calibrated":
        return limit
    for fold in range(found.folds):
        here, others = found.fold == fold, found.fold != fold
        seen = {share: chance[share][others] for share in SHARES}
        for share, least in chosen_of(seen, survey.people[others]).items():
            limit[share][here] = least
    return limit


def of_model(survey: Survey, model: Model) -> Evidence:
    """What a saved model says of a survey, as it is.

    Its chances are those that it publishes: by its own cuts, where the poorest 20 and 40 % ended in
    the survey that it learnt from. The truth that they are held to is the survey's own.
    UserError where survey and model do not speak of the same: other features, or another unit.
    """
    _check_alike(survey, model)
    scored = model.score(survey.table)
    outcome, line = modelled(survey, survey.outcome), modelled(survey, survey.line)
    said = Said(
        score=np.where(scored.known, scored.score / POINTS, np.nan),
        sigma=scored.sigma,
        chance={share: model.chance_within(scored, share) for share in SHARES},
        below_line=model.chance_below(scored, line),
        limit={s: np.full(len(survey), model.chosen.get(s, np.nan)) for s in SHARES},
        folds=0,
        missing=scored.missing,
        unseen=scored.unseen,
    )
    return Evidence(survey, outcome, line, said, survey.spec.cutoff)


def _check_alike(survey: Survey, model: Model) -> None:
    spec = survey.spec
    lacking = [f.name for f in model.features if f.name not in survey.table.columns]
    if lacking:
        wrong = f"the model looks at features that the spec does not name: {', '.join(lacking)}"
    elif model.log != spec.log:
        wrong = "the model and the spec differ in whether the logarithm is modelled"
    elif spec.cutoff == "calibrated" and not model.chosen:
        wrong = "the model has no calibrated cut-off"
    else:
        return
    raise UserError(wrong, file=spec.file, todo="Use the spec that the model was fitted with")


def _scored(score: Floats, sigma: Floats, here: Mask) -> Scored:
    known = ~np.isnan(score[here])
    points = np.rint(np.where(known, score[here], 0.0) * POINTS).astype(np.int64)
    return Scored(points, known, sigma[here], {}, {})


def _columns(survey: Survey) -> list:
    return [(f.name, survey.table[f.name]) for f in survey.spec.features]
