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

from tangga.engine.welfare.bootstrap import Estimate, estimate, resampled
from tangga.engine.welfare.columns import Floats
from tangga.engine.welfare.deciles import Deciles, deciles, whole
from tangga.engine.welfare.folds import Fit
from tangga.engine.welfare.held import held, middles
from tangga.engine.welfare.model import Model
from tangga.engine.welfare.spec import POOR, SHARES
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

    in_a_row: after all refits, one after the other, each held to the one before: who still has the
    decile of the first fit (`kept`), and who stands in the poorest four (`poorest_four`, of 0.4):
    deciles that are held must not bleed. chance_moved: by how much the chance of a family to be
    among the poorest 40 % changes, on average. chances_add_up: to what share those chances add up;
    far from 0.4 where the survey has too few clusters to say where the poorest 40 % end.
    """

    refits: int
    failed: int
    against: Mapping[str, Estimate]
    between: Mapping[str, Estimate]
    held: Mapping[str, Estimate]
    held_between: Mapping[str, Estimate]
    in_a_row: Mapping[str, float]
    chance_moved: Estimate
    chances_add_up: Estimate

    def as_dict(self) -> dict[str, object]:
        """JSON-plain."""
        names = ("against", "between", "held", "held_between")
        figures = {n: {f: e.as_dict() for f, e in getattr(self, n).items()} for n in names}
        return {
            "refits": self.refits,
            "failed": self.failed,
            **figures,
            "in_a_row": dict(self.in_a_row),
            "chance_moved": self.chance_moved.as_dict(),
            "chances_add_up": self.chances_add_up.as_dict(),
        }


@dataclass(frozen=True)
class _Ranked:
    deciles: Deciles
    chances: Mapping[float, Floats]


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
    found, failed = _refitted(learnt_from, fit, applied, wanted, progress)
    if len(found) < 2:
        return None
    following, pairs = list(pairwise(found)), [(main, again) for again in found]
    weight, margin = applied.people, spec.held
    return Stability(
        refits=len(found),
        failed=failed,
        against=_moved(pairs, weight, None),
        between=_moved(following, weight, None),
        held=_moved(pairs, weight, margin),
        held_between=_moved(following, weight, margin),
        in_a_row=_in_a_row(main, found, weight, margin),
        chance_moved=_mean(
            [_mean_of(np.abs(a.chances[POOR] - b.chances[POOR]), weight) for a, b in pairs]
        ),
        chances_add_up=_mean([_mean_of(again.chances[POOR], weight) for again in found]),
    )


def _refitted(
    learnt_from: Survey,
    fit: Fit,
    applied: Survey,
    wanted: int,
    progress: Callable[[int, int], None] | None,
) -> tuple[list[_Ranked], int]:
    """Everybody ranked by each refit that could be made, and how many could not."""
    found: list[_Ranked] = []
    seed = learnt_from.spec.seed + ANOTHER_SEED
    factors = resampled(learnt_from.cluster, learnt_from.stratum, wanted, seed)
    for done, factor in enumerate(factors, 1):
        drawn = learnt_from.take(factor > 0)
        drawn = replace(drawn, weight=drawn.weight * factor[factor > 0])
        # A sample may lack what the model needs; how many do is told.
        with suppress(UserError):
            found.append(_ranked(fit(drawn), applied))
        if progress is not None:
            progress(done, wanted)
    return found, wanted - len(found)


def _ranked(model: Model, survey: Survey) -> _Ranked:
    scored = model.score(survey.table)
    chances = {share: model.chance_within(scored, share) for share in SHARES}
    return _Ranked(deciles(scored.score, scored.known, whole(survey.people)), chances)


def _moved(
    pairs: list[tuple[_Ranked, _Ranked]], weight: Floats, margin: float | None
) -> dict[str, Estimate]:
    """The mean over pairs of who moved from the first to the second, with their 95 % range."""
    shares = np.array([_shares(before, after, weight, margin) for before, after in pairs])
    return {figure: _mean(list(c)) for figure, c in zip(FIGURES, shares.T, strict=True)}


def _mean(values: list[float]) -> Estimate:
    found = np.array(values, dtype=float)
    defined = found[~np.isnan(found)]
    return estimate(float(defined.mean()) if len(defined) else np.nan, found)


def _mean_of(values: Floats, weight: Floats) -> float:
    """The weighted mean of those that are known."""
    known = ~np.isnan(values)
    total = float(weight[known].sum())
    return float(np.sum((values * weight)[known])) / total if total > 0 else np.nan


def _shares(before: _Ranked, after: _Ranked, weight: Floats, margin: float | None) -> list[float]:
    first, second = before.deciles, after.deciles
    if margin is not None:
        second = _kept(first, after, weight, margin)
    both = (first > 0) & (second > 0)
    total = float(weight[both].sum())
    by = np.abs(first.astype(int) - second.astype(int))
    crossed = (first <= LAST_OF_POOR) != (second <= LAST_OF_POOR)
    moved = (by >= 1, by >= 2, crossed)
    return [float(weight[both & who].sum()) / total if total > 0 else np.nan for who in moved]


def _kept(before: Deciles, after: _Ranked, weight: Floats, margin: float) -> Deciles:
    """Held deciles, of families about whom nothing changed."""
    unchanged = np.ones(len(before), dtype=bool)
    middle = middles(after.chances, whole(weight))
    return held(after.deciles, before, unchanged, after.chances, margin, middle=middle)


def _in_a_row(
    main: _Ranked, found: list[_Ranked], weight: Floats, margin: float
) -> dict[str, float]:
    now = main.deciles
    for again in found:
        now = _kept(now, again, weight, margin)
    known = now > 0
    return {
        "kept": _mean_of(np.where(known, now == main.deciles, np.nan), weight),
        "poorest_four": _mean_of(np.where(known, now <= LAST_OF_POOR, np.nan), weight),
    }
