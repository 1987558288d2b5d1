"""Simple rivals of a model, judged alike, to keep it honest.

A model is worth its trouble by as much as it beats those who ask less; and where an unrestricted
machine beats it by a point, that point is usually noise, and nobody could explain it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tangga.engine.welfare.accuracy import Ranks, auc, r2, targeting
from tangga.engine.welfare.columns import Codes, Floats, Numbers
from tangga.engine.welfare.evidence import Evidence, modelled
from tangga.engine.welfare.folds import folds_of
from tangga.engine.welfare.gain import Gain, gain
from tangga.engine.welfare.spec import POOR, SHARES
from tangga.engine.welfare.survey import Survey

NOBODY_KNOWS, SIZE_ALONE, BOOSTING = "nobody_knows", "size_alone", "boosting"
BEYOND = 2.0
"""Standard errors beyond which a difference is not called noise."""
Predict = Callable[[Survey, Survey], Floats]
"""Learns from the first survey, says scores (units) of the second."""


@dataclass(frozen=True)
class Rival:
    """How a simpler or freer way of ranking does on the same households, by quota.

    r2: None where it gives an order only. gain: by how much the model misses fewer of the poorest
    40 % than the rival, as a share of them.
    """

    name: str
    r2: float | None
    auc: float | None
    exclusion: Mapping[float, float]
    gain: Gain

    @property
    def noise(self) -> bool:
        """Whether the difference could as well be chance."""
        return not abs(self.gain.mean) > BEYOND * self.gain.standard_error

    def as_dict(self) -> dict[str, object]:
        """JSON-plain; `gain` above 0 where the model does better."""
        return {
            "name": self.name,
            "r2": self.r2,
            "auc": self.auc,
            "exclusion": {str(share): value for share, value in self.exclusion.items()},
            "fewer_missed": {**self.gain.as_dict(), "noise": self.noise},
        }


def rivals(evidence: Evidence, learnt_from: Survey | None) -> tuple[Rival, ...]:
    """Those that can be made: learnt as the model was, out of fold or from another survey.

    learnt_from: what the model was learnt from; the evidence's own survey where it is
    cross-validated, None where it is not at hand: then nothing else is learnt either.
    """
    survey = evidence.survey
    found = [_rival(NOBODY_KNOWS, np.zeros(len(survey)), evidence, unit=False)]
    if survey.spec.members is not None:
        found.append(_rival(SIZE_ALONE, *_size(evidence, learnt_from)))
    if learnt_from is not None and _has_boosting():
        said = _said(boosting, evidence, learnt_from)
        found.append(_rival(BOOSTING, said, evidence, unit=True))
    return tuple(found)


def _size(evidence: Evidence, learnt_from: Survey | None) -> tuple[Floats, Evidence, bool]:
    if learnt_from is None:
        return -np.log(evidence.survey.members), evidence, False
    return _said(size_alone, evidence, learnt_from), evidence, True


def _rival(name: str, score: Floats, evidence: Evidence, unit: bool) -> Rival:
    survey, weight = evidence.survey, evidence.survey.people
    ranks = Ranks.of(score)
    poor = {share: evidence.truth.within(weight, share) for share in SHARES}
    theirs = {share: ranks.within(weight, share) for share in SHARES}
    ours = evidence.ranks.within(weight, POOR)
    return Rival(
        name=name,
        r2=_none(r2(evidence.outcome, score, weight)) if unit else None,
        auc=_none(auc(poor[POOR], ranks, weight)),
        exclusion={s: targeting(poor[s], theirs[s], weight).exclusion for s in SHARES},
        gain=gain(1 - theirs[POOR], 1 - ours, weight * poor[POOR], survey.cluster, survey.stratum),
    )


def _said(predict: Predict, evidence: Evidence, learnt_from: Survey) -> Floats:
    """Scores in the modelled unit: of other folds, or of the other survey."""
    survey = evidence.survey
    if learnt_from is not survey:
        return predict(learnt_from, survey)
    fold = folds_of(survey, survey.spec.folds, survey.spec.seed)
    score = np.empty(len(survey))
    for one in range(int(fold.max()) + 1):
        score[fold == one] = predict(survey.take(fold != one), survey.take(fold == one))
    return score


def size_alone(seen: Survey, asked: Survey) -> Floats:
    """A line through the logarithm of household size."""
    y, x = modelled(seen, seen.outcome), np.log(seen.members)
    root = np.sqrt(seen.weight)
    terms = np.column_stack([np.ones(len(x)), x])
    found, *_ = np.linalg.lstsq(terms * root[:, None], y * root, rcond=None)
    return found[0] + found[1] * np.log(asked.members)


def boosting(seen: Survey, asked: Survey) -> Floats:
    """Boosted trees over all features at once, with scikit-learn's own settings."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    categories = [not feature.numeric for feature in seen.spec.features]
    machine = HistGradientBoostingRegressor(
        categorical_features=categories, early_stopping=False, random_state=seen.spec.seed
    )
    # One thread: with a survey's few rows more of them wait for each other, and add up otherwise.
    with threadpool_limits(1):
        machine.fit(_matrix(seen, seen), modelled(seen, seen.outcome), sample_weight=seen.weight)
        return machine.predict(_matrix(asked, seen))


def _matrix(survey: Survey, seen: Survey) -> Floats:
    """Features as numbers; a word is its place in the list of the survey learnt from."""
    columns = []
    for feature in seen.spec.features:
        column, learnt = survey.table[feature.name], seen.table[feature.name]
        if isinstance(column, Numbers):
            columns.append(column.values)
            continue
        assert isinstance(column, Codes) and isinstance(learnt, Codes)
        place = {word: code for code, word in enumerate(learnt.words)}
        codes = np.array([*(place.get(word, np.nan) for word in column.words), np.nan])
        columns.append(codes[column.codes])
    return np.column_stack(columns)


def _has_boosting() -> bool:
    from importlib.util import find_spec

    return find_spec("sklearn") is not None


def _none(value: float) -> float | None:
    return None if np.isnan(value) else value
