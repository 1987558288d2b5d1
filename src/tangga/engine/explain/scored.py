"""What a model says of one family, and why: of a row of a file, or of a family of the register."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tangga.engine.explain.rank_words import (
    chance,
    change,
    day_words,
    effect_words,
    hardly,
    label_of,
    outcome,
    size,
    tenths,
    value_of,
)
from tangga.engine.explain.ranked_data import Part, Placed, RankExplanation, WhatIf
from tangga.engine.explain.what_if import Consequence, Trial, Value, consequences, plausible
from tangga.engine.explain.words import Words, about, joined, words
from tangga.engine.welfare.columns import Column, Numbers, Table
from tangga.engine.welfare.model import POINTS, Contribution, Effect, Model, Scored
from tangga.engine.welfare.places import Places
from tangga.engine.welfare.spec import POOR, SHARES, Feature

LOWEST, HIGHEST = 0.1, 0.9
"""Eight of ten such families live between these."""
UNSURE = (0.3, 0.7)
"""A chance between these tells on which side a family is no better than a guess."""
LAST_POOR = round(10 * POOR)
"""The last decile within the poorest 40 %."""


@dataclass(frozen=True)
class Naming:
    """What features, values of a family and words of a model are called; as in the file, where
    nothing else is given. A word of a model may stand for several of the register's."""

    label: Callable[[Feature], Words] = label_of
    value: Callable[[Feature, Value], Words] = value_of
    level: Callable[[Feature, Value], Words] = value_of


@dataclass(frozen=True)
class Standing:
    """Where a family stands in a ranking. decile: as given; raw: by quota; local: in its area.
    places: of all families in it. weight: of this family. since: when the decile became what it
    is; before: what it was until then."""

    places: Places
    weight: int
    decile: int
    raw: int
    local: int | None = None
    since: date | None = None
    before: int | None = None


AS_IN_THE_FILE = Naming()


def explain_row(
    model: Model,
    table: Table,
    row: int,
    *,
    standing: Standing | None = None,
    naming: Naming = AS_IN_THE_FILE,
    trials: Sequence[Trial] | None = None,
) -> RankExplanation:
    """What a model says of one family of a table, and why.

    standing: where it stands among the others; None: there are no deciles, and what-ifs are told
    as chances. trials: what is to be tried; None: each feature alone, as it could plausibly be. The
    contributions add up to the score exactly.
    """
    family = table.take(np.array([row]))
    scored = model.score(family)
    score = int(scored.score[0]) if scored.known[0] else None
    average = model.intercept + sum(effect.centre for effect in model.effects)
    given = zip(model.effects, model.contributions(family, 0), strict=True)
    parts = [_part(model, effect, one, family, naming, average) for effect, one in given]
    found = _Told(model, scored, score, average, tuple(parts), standing)
    tried = each_feature(model, family, naming) if trials is None else trials
    return RankExplanation(
        model=model.version,
        kind=kind_of(model),
        unit=model.unit,
        log=model.log,
        score=score,
        intercept=model.intercept,
        average=average,
        parts=tuple(sorted(parts, key=lambda part: (part.value is None, -abs(part.beside)))),
        missing=tuple(part.feature for part in parts if part.value is None),
        words=tuple(found.sentences()),
        what_ifs=_what_ifs(found, family, tried),
        placed=found.placed(),
        **found.figures(),
    )


def kind_of(model: Model) -> str:
    """What is modelled: `consumption`, unless the model says `income`."""
    known = model.about.get("outcome")
    return str(known.get("kind")) if isinstance(known, Mapping) else "consumption"


def _part(
    model: Model, effect: Effect, one: Contribution, family: Table, naming: Naming, average: int
) -> Part:
    feature, column = effect.feature, family[effect.feature.name]
    value = None if one.value is None else naming.value(feature, one.value)
    small = hardly(one.beside, model.log, average)
    told = effect_words(effect, value, one.beside, model.log, small)
    unseen = _unseen(column)
    if value is None and unseen is not None:
        told = joined([words("rank_unseen", value=naming.value(feature, unseen)), told])
    if isinstance(one.value, float) and (bound := _beyond(feature, one.value)) is not None:
        told = joined([words("rank_beyond", value=naming.value(feature, bound)), told])
    return Part(
        feature=feature.name,
        fact=feature.fact,
        label=naming.label(feature),
        value=value,
        points=one.points,
        beside=one.beside,
        percent=round(100 * change(one.beside, True), 2) if model.log else None,
        effect=told,
    )


def _beyond(feature: Feature, value: float) -> float | None:
    """The bound as which a number beyond it is counted; None for one within."""
    if feature.low is not None and value < feature.low:
        return feature.low
    return feature.high if feature.high is not None and value > feature.high else None


def _unseen(column: Column) -> Value | None:
    """What stands there, of which the model can make nothing; None where nothing stands there."""
    if column.missing[0]:
        return None
    if isinstance(column, Numbers):
        return float(column.values[0])
    return column.words[int(column.codes[0])]


@dataclass(frozen=True)
class _Told:
    """A family as scored, to be put into figures and sentences."""

    model: Model
    scored: Scored
    score: int | None
    average: int
    parts: tuple[Part, ...]
    standing: Standing | None

    def figures(self) -> dict[str, float | int | None]:
        """Estimate, chances and distance, as `RankExplanation` calls them; none without a score."""
        if self.score is None:
            return {}
        cut = round(self.model.cuts[POOR] * POINTS)
        low, high = (self.at(share) for share in (LOWEST, HIGHEST))
        return {
            "outcome": self.unit(self.score / POINTS),
            "low": low,
            "high": high,
            **dict(zip(("poorest", "poor"), self.chances(), strict=True)),
            "cut": cut,
            "distance": self.score - cut,
            "distance_percent": self._percent(self.score - cut),
        }

    def _percent(self, points: int) -> float | None:
        return round(100 * change(points, True), 2) if self.model.log else None

    def chances(self) -> list[float]:
        """To be among the poorest 20 and 40 %, in millionths as the register keeps them."""
        within = (self.model.chance_within(self.scored, share)[0] for share in SHARES)
        return [round(float(share), 6) for share in within]

    def at(self, share: float) -> float:
        """Below what so many of all such families live."""
        table = self.model.quantiles
        error = np.interp(share, np.linspace(0, 1, len(table)), table)
        return self.unit(float(self.scored.score[0] / POINTS + error * self.scored.sigma[0]))

    def unit(self, value: float) -> float:
        """The modelled value in the unit of the outcome."""
        return float(np.exp(value)) if self.model.log else value

    def placed(self) -> Placed | None:
        """Where the family stands; None where nobody was ranked or it has no score."""
        if self.standing is None or self.score is None:
            return None
        one = self.standing
        border = one.places.first_of(LAST_POOR + 1, one.weight, now=self.score)
        return Placed(one.decile, one.raw, one.local, border, one.since, one.before)

    def sentences(self) -> Iterator[Words]:
        """The whole, as it is told to the family."""
        if self.score is None:
            yield words("rank_no_score", facts=joined(self._needed()))
            return
        placed = self.placed()
        if placed is not None:
            yield from _of_place(placed, self.model.version)
        figures = self.figures()
        yield words(
            "rank_estimate",
            outcome=outcome(kind_of(self.model)),
            value=about(figures["outcome"] or 0),
            average=about(self.unit(self.average / POINTS)),
            unit=self.model.unit,
        )
        yield from self._certainty(figures)
        yield self._distance(placed)
        average = words("rank_as_average")
        assumed = [part.label for part in self.parts if part.effect == average]
        if assumed:
            yield words("rank_assumed", facts=joined(assumed))

    def _needed(self) -> Iterator[Words]:
        """What is not known, and without which there is no score."""
        for effect, part in zip(self.model.effects, self.parts, strict=True):
            if part.value is None and effect.missing is None:
                yield part.label

    def _certainty(self, figures: Mapping[str, float | int | None]) -> Iterator[Words]:
        poorest, poor = self.chances()
        yield words("rank_chances", poor=chance(poor), poorest=chance(poorest))
        yield words("rank_range", low=about(figures["low"] or 0), high=about(figures["high"] or 0))
        if UNSURE[0] < poor < UNSURE[1]:
            yield words("rank_unsure")
        counts = self.model.chosen.get(POOR)
        if counts is not None:
            yield words("rank_counts_from", chance=chance(counts))

    def _distance(self, placed: Placed | None) -> Words:
        """How far it is to the limit of the poorest 40 %: in the ranking, else by the survey."""
        score = self.score or 0
        if placed is not None and placed.border is not None:
            away, key = score - placed.border, "rank_border"
        else:
            away, key = score - round(self.model.cuts[POOR] * POINTS), "rank_cut"
        side = "below" if away < 0 else "above"
        return words(f"{key}_{side}", size=size(away, self.model.log))


def _of_place(placed: Placed, model: str) -> Iterator[Words]:
    yield words("rank_decile", decile=placed.decile, model=model)
    if placed.raw != placed.decile:
        yield words("rank_held", raw=placed.raw, decile=placed.decile)
    if placed.before is not None and placed.since is not None:
        yield words("rank_since", day=day_words(placed.since), decile=placed.before)
    if placed.local is not None:
        yield words("rank_local", decile=placed.local)


def each_feature(model: Model, family: Table, naming: Naming) -> list[Trial]:
    """Every feature of a family (a table of one row) alone, as each other value that it could
    plausibly have."""
    return [
        trial for effect in model.effects for trial in feature_trials(model, effect, family, naming)
    ]


def feature_trials(model: Model, effect: Effect, family: Table, naming: Naming) -> Iterator[Trial]:
    """One feature of a family as each other value that it could plausibly have."""
    feature = effect.feature
    for value in plausible(model, effect, family):
        answers = {feature.name: value}
        yield Trial(feature.name, naming.label(feature), naming.level(feature, value), answers)


def _what_ifs(told: _Told, family: Table, trials: Sequence[Trial]) -> tuple[WhatIf, ...]:
    """Each what-if, those that change most first."""
    standing = told.standing
    places, weight = (standing.places, standing.weight) if standing else (None, 0)
    found = consequences(told.model, family, trials, score=told.score, places=places, weight=weight)
    poor = told.chances()[SHARES.index(POOR)] if told.score is not None else None
    known = [_what_if(one, standing, poor) for one in found]
    now = told.score or 0
    return tuple(sorted(known, key=lambda one: -abs(one.score - now)))


def _what_if(one: Consequence, standing: Standing | None, poor: float | None) -> WhatIf:
    return WhatIf(
        fact=one.trial.name,
        label=one.trial.label,
        value=one.trial.value,
        score=one.score,
        poor=round(one.poor, 6),
        decile=one.decile or None,
        changes=_changes(one.decile, one.poor, standing, poor),
    )


def _changes(decile: int, poor: float, standing: Standing | None, before: float | None) -> bool:
    """Whether a what-if would change the decile; without deciles the chance, by a tenth."""
    if before is None:
        return True  # there was no score at all
    # A family whose facts changed is held no longer: what counts is the decile by quota.
    return decile != standing.raw if standing else tenths(poor) != tenths(before)
