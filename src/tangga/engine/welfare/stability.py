"""How many families change places because a model was estimated again, though nothing about them
did.

The survey is drawn again and again from its own clusters, the model fitted anew each time, and
everybody scored anew. What moves then is the survey's chance, nothing that a family did; a model
that moves many is unfit to decide about them, however accurate it is. The same is told with held
deciles (see `held`): that is what holding buys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from tangga.engine.welfare.among import among, at_quota
from tangga.engine.welfare.bootstrap import Estimate, estimate, resampled
from tangga.engine.welfare.columns import Floats
from tangga.engine.welfare.deciles import Deciles, deciles, whole
from tangga.engine.welfare.folds import Fit
from tangga.engine.welfare.held import held
from tangga.engine.welfare.model import Model
from tangga.engine.welfare.spec import SHARES
from tangga.engine.welfare.survey import Survey
from tangga.errors import UserError

REFITS = 50
"""Times that a model is fitted anew, at most (fewer where the spec asks for fewer repeats)."""
ANOTHER_SEED = 7_919
"""Added to the spec's seed, so that refits are not drawn as the intervals are."""
LAST_OF_POOR = 4
FIGURES = ("moved_one", "moved_two", "crossed_4_5")


@dataclass(frozen=True)
class Stability:
    """Shares of people (or households) whose decile changes, each with the range of the refits.

    moved_one, moved_two: by that many deciles or more. crossed_4_5: between the poorest four and
    the others. against: the fit of the whole survey and each refit. between: one refit and the
    next, as when a second survey follows a first. held, held_between: the same with held deciles.
    failed: refits that could not be made, as of a sample that lacks a feature.
    """

    refits: int
    failed: int
    against: Mapping[str, Estimate]
    between: Mapping[str, Estimate]
    held: Mapping[str, Estimate]
    held_between: Mapping[str, Estimate]

    def as_dict(self) -> dict[str, object]:
        """JSON-plain."""
        names = ("against", "between", "held", "held_between")
        figures = {n: {f: e.as_dict() for f, e in getattr(self, n).items()} for n in names}
        return {"refits": self.refits, "failed": self.failed, **figures}


@dataclass(frozen=True)
class _Ranked:
    """middle: by share, the chance of those at the line of the quota."""

    deciles: Deciles
    chances: Mapping[float, Floats]
    middle: Mapping[float, float]


def stability(
    learnt_from: Survey,
    fit: Fit,
    *,
    applied_to: Survey | None = None,
    refits: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Stability | None:
    """Refits on resampled clusters of a survey, and who moves; None where none could be made.

    applied_to: whose deciles are told (None: the survey's own households). refits: how many (None:
    the spec's repeats, at most REFITS). progress: done, of how many. Households without a score
    under one of the two fits are not counted.
    """
    spec, applied = learnt_from.spec, learnt_from if applied_to is None else applied_to
    wanted = min(REFITS, spec.repeats) if refits is None else refits
    main = _ranked(fit(learnt_from), applied)
    found: list[_Ranked] = []
    seed = spec.seed + ANOTHER_SEED
    factors = resampled(learnt_from.cluster, learnt_from.stratum, wanted, seed)
    for done, factor in enumerate(factors, 1):
        drawn = learnt_from.take(factor > 0)
        drawn = replace(drawn, weight=drawn.weight * factor[factor > 0])
        # A sample may lack what the model needs; how many do is told.
        with suppress(UserError):
            found.append(_ranked(fit(drawn), applied))
        if progress is not None:
            progress(done, wanted)
    if len(found) < 2:
        return None
    following = list(pairwise(found))
    pairs = [(main, again) for again in found]
    weight, margin = applied.people, spec.held
    return Stability(
        refits=len(found),
        failed=wanted - len(found),
        against=_moved(pairs, weight, None),
        between=_moved(following, weight, None),
        held=_moved(pairs, weight, margin),
        held_between=_moved(following, weight, margin),
    )


def _ranked(model: Model, survey: Survey) -> _Ranked:
    scored = model.score(survey.table)
    model = among(model, scored, survey.people)
    chances = {share: model.chance_within(scored, share) for share in SHARES}
    middle = at_quota(model, scored, survey.people)
    return _Ranked(deciles(scored.score, scored.known, whole(survey.people)), chances, middle)


def _moved(
    pairs: list[tuple[_Ranked, _Ranked]], weight: Floats, margin: float | None
) -> dict[str, Estimate]:
    """The mean over pairs of who moved from the first to the second, with their 95 % range."""
    shares = np.array([_shares(before, after, weight, margin) for before, after in pairs])
    return {
        figure: estimate(float(np.nanmean(column)), column)
        for figure, column in zip(FIGURES, shares.T, strict=True)
    }


def _shares(before: _Ranked, after: _Ranked, weight: Floats, margin: float | None) -> list[float]:
    first, second = before.deciles, after.deciles
    if margin is not None:
        nothing_changed = np.ones(len(first), dtype=bool)
        second = held(second, first, nothing_changed, _shifted(before, after), margin)
    both = (first > 0) & (second > 0)
    total = float(weight[both].sum())
    by = np.abs(first.astype(int) - second.astype(int))
    crossed = (first <= LAST_OF_POOR) != (second <= LAST_OF_POOR)
    moved = (by >= 1, by >= 2, crossed)
    return [float(weight[both & who].sum()) / total if total > 0 else np.nan for who in moved]


def _shifted(before: _Ranked, after: _Ranked) -> dict[float, Floats]:
    """Chances as far from a half as they are from that of the line of the quota; and nobody crosses
    a line who stands on the same side of it by quota."""
    found = {}
    for share, chance in after.chances.items():
        last = round(10 * share)
        was, now = before.deciles <= last, after.deciles <= last
        away = chance - after.middle[share] + 0.5
        found[share] = np.where(was == now, np.where(was, 1.0, 0.0), away)
    return found
