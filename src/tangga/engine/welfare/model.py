"""A welfare model: points for each answer, which add up to a score, exactly.

Points are whole numbers, millionths of the modelled unit (of the logarithm of consumption, or of
consumption itself). So a sum does not depend on its order, contributions add up to the score to
the last digit, and a saved model scores alike on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tangga.engine.welfare.columns import Column, Floats, Ints, Mask, Numbers, Table
from tangga.engine.welfare.spec import Feature

POINTS = 1_000_000
"""Points to one unit of what is modelled."""
SUREST = 1e-6
"""No chance is closer to 0 or 1: no survey shows what can never be."""
AT_ONCE = 1 << 15
"""Families scored at a time: few enough that what is worked out of them stays in the processor's
cache. It changes no score."""
FEW = 32
"""Up to so many steps it is quicker to compare with each than to search."""


Reader = Callable[[slice], tuple[Ints, Mask]]
"""Gives points of some families, and where there are none."""


@dataclass(frozen=True)
class Effect:
    """What one feature adds to a score, in points.

    slope: of a number, points to one unit after its transform. starts, steps: of a number, the
    correction: `steps[k]` from `starts[k - 1]` on (steps is one longer than starts; both empty
    without one). levels: of a category, its points. missing: points where nothing is known; None:
    then there is no score. doubt: what not knowing it adds to the variance, in units squared.
    centre: points of the average family of the survey, against which a family's are told.
    """

    feature: Feature
    slope: float = 0.0
    starts: tuple[float, ...] = ()
    steps: tuple[int, ...] = ()
    levels: Mapping[str, int] = field(default_factory=dict)
    missing: int | None = None
    doubt: float = 0.0
    centre: int = 0

    def points(self, column: Column) -> tuple[Ints, Mask]:
        """Points of each family, and where there are none (0 there, or those of `missing`)."""
        return self.reader(column)(slice(0, len(column)))

    def reader(self, column: Column) -> Reader:
        """The same for some families after others; what can be looked up once is."""
        if isinstance(column, Numbers):
            values = column.values
            return lambda some: self._of_numbers(values[some])
        codes, (points, absent) = column.codes, self._of_words(column.words)
        if absent[:-1].any():
            return lambda some: (points[codes[some]], absent[codes[some]])
        return lambda some: (points[codes[some]], codes[some] < 0)

    def _of_numbers(self, values: Floats) -> tuple[Ints, Mask]:
        absent = unusable(self.feature, values)
        lacking = bool(absent.any())
        known = bounded(self.feature, np.where(absent, 1.0, values) if lacking else values)
        points = np.rint(self.slope * transformed(self.feature, known)).astype(np.int64)
        if self.steps:
            points += np.array(self.steps, dtype=np.int64)[_place(self.starts, known)]
        if lacking:
            points[absent] = self.missing or 0
        return points, absent

    def _of_words(self, words: Sequence[str]) -> tuple[Ints, Mask]:
        # One place more than there are words: -1, for what is missing, reads the last one.
        given = [*(self.level(word) for word in words), None]
        points = [(self.missing or 0) if level is None else level for level in given]
        absent = [level is None for level in given]
        return np.array(points, dtype=np.int64), np.array(absent)

    def level(self, word: str) -> int | None:
        """Points of a word; None for one that the survey never had."""
        return self.levels.get(self.feature.groups.get(word, word))


def _place(starts: Sequence[float], values: Floats) -> npt.NDArray[np.integer]:
    """How many of the starts each value has reached."""
    if len(starts) > FEW:
        return np.searchsorted(np.array(starts), values, side="right")
    place = np.zeros(len(values), dtype=np.int8)
    for start in starts:
        place += values >= start
    return place


LEAST = {"log": 0.0, "log1p": -1.0, "sqrt": 0.0}
"""Transforms that cannot be taken of numbers below this (sqrt), or from this down (logarithms)."""


def unusable(feature: Feature, values: Floats) -> Mask:
    """Where a feature has no number, or one of which its transform cannot be taken."""
    absent = ~np.isfinite(values)
    least = LEAST.get(feature.transform)
    if least is None:
        return absent
    return absent | ((values < least) if feature.transform == "sqrt" else (values <= least))


def bounded(feature: Feature, values: Floats) -> Floats:
    """Numbers of a feature, none beyond its bounds."""
    if feature.low is None and feature.high is None:
        return values
    return np.clip(values, feature.low, feature.high)


def transformed(feature: Feature, values: Floats) -> Floats:
    """Numbers of a feature as its slope reads them."""
    match feature.transform:
        case "log":
            return np.log(values)
        case "log1p":
            return np.log1p(values)
        case "sqrt":
            return np.sqrt(values)
        case _:
            return values


@dataclass(frozen=True)
class Spread:
    """How large the part is that a model does not know: the logarithm of its variance.

    intercept + per_score * (score / POINTS) + the sum of effects / POINTS (effects as in the score,
    in points of the logarithm); a missing feature adds its average. low, high: bounds of the
    standard deviation, the least and the largest that the survey showed.
    """

    intercept: float
    per_score: float
    effects: tuple[Effect, ...]
    low: float
    high: float


@dataclass(frozen=True)
class Scored:
    """What a model says of families.

    score: points; 0 where not known. known: whether there is a score. sigma: standard deviation of
    what the model does not know, in units; NaN where not known. missing, unseen: by feature, how
    many families lack it, or have a word that the survey never had, or a number that cannot be
    transformed (and so lack it too).
    """

    score: Ints
    known: Mask
    sigma: Floats
    missing: Mapping[str, int]
    unseen: Mapping[str, int]


@dataclass(frozen=True)
class Contribution:
    """What one feature does to one family's score. value: as words or a number; None: not known.

    points: exactly what it adds. beside: points more (less) than the average family of the survey.
    """

    feature: Feature
    value: str | float | None
    points: int
    beside: int


@dataclass(frozen=True)
class Model:
    """A fitted model. Scores are points; cuts, lines and standard deviations are in units.

    version: of the spec, with a part of the hash of all that it learnt. cuts: share -> the value of
    the outcome (modelled unit) below which so many of the survey's people live. quantiles: of the
    standardised error, at evenly spaced chances from 0 to 1, from cross-validation: what is not
    known about a family it never saw. chosen: share -> the chance from which on a family counts as
    within it, where the cutoff is calibrated. held, persistence, shock: as in the spec. about: what
    it learnt from, as told in its card.
    """

    version: str
    log: bool
    unit: str
    intercept: int
    effects: tuple[Effect, ...]
    spread: Spread
    quantiles: tuple[float, ...]
    cuts: Mapping[float, float]
    chosen: Mapping[float, float]
    held: float
    persistence: float
    shock: float = 0.0
    about: Mapping[str, object] = field(default_factory=dict)

    @property
    def features(self) -> tuple[Feature, ...]:
        """What it looks at, in order."""
        return tuple(effect.feature for effect in self.effects)

    def score(self, table: Table) -> Scored:
        """Points, certainty and what is missing, for the families of a table.

        The table holds a column for every feature, by the feature's name.
        """
        score, sigma = np.empty(len(table), dtype=np.int64), np.empty(len(table))
        known = np.empty(len(table), dtype=bool)
        readers = [effect.reader(table[effect.feature.name]) for effect in self.effects]
        spreads = [effect.reader(table[effect.feature.name]) for effect in self.spread.effects]
        absent = [0] * len(readers)
        for start in range(0, len(table), AT_ONCE):
            some = slice(start, min(start + AT_ONCE, len(table)))
            score[some], known[some], doubt = self._points(some, readers, absent)
            sigma[some] = np.sqrt(np.square(self._sigma(some, score[some], spreads)) + doubt)
        sigma[~known] = np.nan
        missing: dict[str, int] = {}
        unseen: dict[str, int] = {}
        for effect, count in zip(self.effects, absent, strict=True):
            if count:
                name = effect.feature.name
                missing[name] = int(np.count_nonzero(table[name].missing))
                unseen[name] = count - missing[name]
        return Scored(score, known, sigma, missing, {k: n for k, n in unseen.items() if n})

    def _points(
        self, some: slice, readers: Sequence[Reader], absent: list[int]
    ) -> tuple[Ints, Mask, Floats]:
        """Score, whether there is one, and added variance; `absent` counts on, by effect."""
        size = some.stop - some.start
        score = np.full(size, self.intercept, dtype=np.int64)
        known, doubt = np.ones(size, dtype=bool), np.zeros(size)
        for at, (effect, read) in enumerate(zip(self.effects, readers, strict=True)):
            points, lacks = read(some)
            score += points
            count = int(np.count_nonzero(lacks))
            if not count:
                continue
            absent[at] += count
            if effect.missing is None:
                known &= ~lacks
            np.add(doubt, effect.doubt, out=doubt, where=lacks)
        score[~known] = 0
        return score, known, doubt

    def _sigma(self, some: slice, score: Ints, spreads: Sequence[Reader]) -> Floats:
        logged = self.spread.intercept + self.spread.per_score * (score / POINTS)
        for read in spreads:
            logged += read(some)[0] / POINTS
        return np.clip(np.exp(logged / 2), self.spread.low, self.spread.high)

    def chance_below(self, scored: Scored, line: Floats | float) -> Floats:
        """The chance that a family's outcome is below a line (modelled unit); NaN if not known.

        Never closer to 0 or 1 than SUREST.
        """
        away = (np.asarray(line) - scored.score / POINTS) / scored.sigma
        grid = np.linspace(0.0, 1.0, len(self.quantiles))
        found = np.interp(away, np.array(self.quantiles), grid)
        found = np.clip(found, SUREST, 1.0 - SUREST)
        return np.where(scored.known & ~np.isnan(away), found, np.nan)

    def chance_within(self, scored: Scored, share: float) -> Floats:
        """The chance that a family is among this share of the poorest; NaN where not known."""
        return self.chance_below(scored, self.cuts[share])

    def contributions(self, table: Table, row: int) -> tuple[Contribution, ...]:
        """What each feature adds for one family; with the intercept they add up to the score."""
        one = table.take(np.array([row]))
        found = []
        for effect in self.effects:
            column = one[effect.feature.name]
            points, absent = effect.points(column)
            value = None if absent[0] else _value(column)
            added = int(points[0])
            found.append(Contribution(effect.feature, value, added, added - effect.centre))
        return tuple(found)


def _value(column: Column) -> str | float:
    if isinstance(column, Numbers):
        return float(column.values[0])
    return column.words[int(column.codes[0])]
