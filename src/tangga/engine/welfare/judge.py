"""Judges a welfare model on households it has not seen, and says how sure the figures are.

Without a model, the way of fitting is judged by cross-validation over whole clusters. With a saved
model, that model is judged as it is on another survey, or a census.

Intervals are from resampling clusters: they say what other villages would have shown; too few
clusters (`bootstrap.FREE`) tell none. The model is not fitted again for them; what refitting does
is told apart, as stability.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from tangga.engine.welfare.about import file_hash
from tangga.engine.welfare.bootstrap import Estimate, Progress, intervals, resampled, tells
from tangga.engine.welfare.by_group import ByGroup, GroupErrors
from tangga.engine.welfare.cautions import Caution, cautions
from tangga.engine.welfare.columns import Floats
from tangga.engine.welfare.correction import decide
from tangga.engine.welfare.evidence import Evidence, cross_validated, modelled, of_model
from tangga.engine.welfare.figures import Figures, curves
from tangga.engine.welfare.fit import fit_mean
from tangga.engine.welfare.folds import Fit, out_of_fold
from tangga.engine.welfare.model import Model
from tangga.engine.welfare.rivals import Rival, rivals
from tangga.engine.welfare.stability import Stability, stability
from tangga.engine.welfare.survey import Survey
from tangga.engine.welfare.teachable import check_survey
from tangga.errors import UserError

CROSS_VALIDATED, ANOTHER_SURVEY, CENSUS = "cross_validated", "another_survey", "census"


@dataclass(frozen=True)
class Evaluation:
    """What was found. `report.as_dict` makes JSON of it, `report.lines` what a terminal shows.

    how: CROSS_VALIDATED, ANOTHER_SURVEY or CENSUS. version: of the model, or of the spec where it
    is cross-validated. figures: by name, as `Figures` makes them. stability: None where the survey
    that the model learnt from is not at hand. correction: asked, kept, and on what figures.
    """

    how: str
    version: str
    evidence: Evidence
    figures: Mapping[str, Estimate]
    groups: tuple[GroupErrors, ...]
    stability: Stability | None
    rivals: tuple[Rival, ...]
    curves: Mapping[str, list[float]]
    cautions: tuple[Caution, ...]
    correction: Mapping[str, object]

    def as_dict(self) -> dict[str, object]:
        """JSON-plain."""
        from tangga.engine.welfare.report import as_dict

        return as_dict(self)


def evaluate(
    survey: Survey,
    *,
    model: Model | None = None,
    learnt_from: Survey | None = None,
    census: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Judges the spec's way of fitting on its survey, or a saved model on another survey.

    model: None to cross-validate. learnt_from: what a saved model was learnt from; only with it can
    stability and the rivals that learn be told. census: whether the survey is one (for the report;
    intervals then speak of other villages alike). progress: told step, done, of how many.

    UserError where nobody weighs anything; where it is to be cross-validated, also for one cluster
    and for a survey that cannot teach what the spec asks for.
    """
    told = progress or (lambda step, done, of: None)
    _check(survey)
    if model is None:
        correction = _decided(survey)
        fit = partial(fit_mean, correction=bool(correction["kept"]))
        evidence, learnt_from = cross_validated(survey, fit), survey
    else:
        correction = dict(model.about.get("correction") or {"asked": False, "kept": False})
        fit = partial(fit_mean, correction=bool(correction["kept"]))
        evidence = of_model(survey, model)
    groups = ByGroup(evidence)
    figures = Figures(evidence, groups)
    spec = survey.spec
    done = partial(_done, told, "intervals", spec.repeats)
    estimates = intervals(figures, survey.people, _resampled(survey), done)
    by_group = groups.errors(estimates, figures.poor(survey.people))
    refits = _stability(learnt_from, survey, fit, told)
    return Evaluation(
        how=CROSS_VALIDATED if model is None else CENSUS if census else ANOTHER_SURVEY,
        version=spec.version if model is None else model.version,
        evidence=evidence,
        figures=estimates,
        groups=by_group,
        stability=refits,
        rivals=rivals(evidence, learnt_from),
        curves=curves(evidence),
        cautions=cautions(
            evidence, estimates, by_group, refits, learnt_here=_learnt_here(model, survey)
        ),
        correction=correction,
    )


def _resampled(survey: Survey) -> Iterator[Floats]:
    """Factors of the weights for each repeat; none where clusters are too few to tell a range."""
    if not tells(survey.cluster, survey.stratum):
        return iter(())
    spec = survey.spec
    return resampled(survey.cluster, survey.stratum, spec.repeats, spec.seed)


def _decided(survey: Survey) -> dict[str, object]:
    """Whether boosted steps are kept, as a fit of the whole survey decides it. Deciding it anew in
    each fold would cost a cross-validation a fold, to judge one bit."""
    check_survey(survey)
    if not survey.spec.correction:
        return {"asked": False, "kept": False}
    lines = out_of_fold(survey, fit_mean)
    steps = out_of_fold(survey, partial(fit_mean, correction=True))
    decision = decide(survey, modelled(survey, survey.outcome), lines, steps)
    return {"asked": True, "kept": decision.kept, **decision.figures}


def _stability(
    learnt_from: Survey | None, survey: Survey, fit: Fit, told: Progress
) -> Stability | None:
    if learnt_from is None:
        return None
    return stability(learnt_from, fit, applied_to=survey, progress=partial(told, "refits"))


def _done(told: Progress, step: str, of: int, done: int) -> None:
    told(step, done, of)


def _check(survey: Survey) -> None:
    if len(survey) == 0:
        raise UserError(
            "no household is left that could be judged",
            file=survey.file,
            todo="Read what was left out, and why, and mend the file",
        )
    if not float(np.sum(survey.people)) > 0:
        raise UserError(
            "all weights are zero, so nobody is spoken of",
            file=survey.file,
            column=survey.spec.weight,
            todo="Give each household the number of households that it stands for",
        )


def _learnt_here(model: Model | None, survey: Survey) -> bool:
    """Whether a saved model was learnt from this very file: its answers are no surprise to it."""
    learnt = model.about.get("survey") if model is not None else None
    return isinstance(learnt, Mapping) and learnt.get("sha256") == file_hash(survey.file)
