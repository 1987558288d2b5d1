"""If one fact were another: the score, the chance and the decile that would follow.

Each trial is scored by the model itself, as one more row; with `Places` its decile is the one
that ranking all families anew would give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tangga.engine.explain.words import Words
from tangga.engine.welfare.columns import NONE, Codes, Column, Floats, Ints, Numbers, Table
from tangga.engine.welfare.model import Effect, Model
from tangga.engine.welfare.places import Places
from tangga.engine.welfare.spec import POOR, REGION, Feature

Value = str | float
MOST = 20
"""A number that goes further than this in the survey is changed in larger steps than one."""
STEPS = 10


@dataclass(frozen=True)
class Trial:
    """One fact as another. name, label: of the fact; value: what it would be. answers: the features
    that would change with it, None: not known."""

    name: str
    label: Words
    value: Words
    answers: Mapping[str, Value | None]


@dataclass(frozen=True)
class Consequence:
    """What would follow. decile: 0 where nobody was ranked."""

    trial: Trial
    score: int
    poor: float
    decile: int


def consequences(
    model: Model,
    family: Table,
    trials: Sequence[Trial],
    *,
    score: int | None,
    places: Places | None,
    weight: int,
) -> tuple[Consequence, ...]:
    """What would follow from each trial on a family (a table of one row).

    score: of the family as it is (None: it has none). places: of the ranking that it stands in, and
    its weight there; None: no deciles. Trials that leave the family without a score are left out.
    """
    if not trials:
        return ()
    scored = model.score(_changed(model, family, trials))
    poor = model.chance_within(scored, POOR)
    ranked = _deciles(places, scored.score, weight, score)
    return tuple(
        Consequence(trial, int(scored.score[row]), float(poor[row]), int(ranked[row]))
        for row, trial in enumerate(trials)
        if scored.known[row]
    )


def _deciles(places: Places | None, scores: Ints, weight: int, now: int | None) -> Ints:
    if places is None:
        return np.zeros(len(scores), dtype=np.int64)
    return places.deciles(scores, weight, now=now).astype(np.int64)


def plausible(model: Model, effect: Effect, family: Table) -> list[Value]:
    """The values that one feature of a family could have instead; none for where it lives."""
    if effect.feature.name == REGION:
        return []
    return options(effect, family[effect.feature.name], _ranges(model))


def options(effect: Effect, column: Column, ranges: Mapping[str, Sequence[float]]) -> list[Value]:
    """The values that a fact could have instead: each category, the next numbers up and down, or
    where it is not known whatever the survey showed."""
    if isinstance(column, Codes):
        word = None if column.missing[0] else column.words[int(column.codes[0])]
        now = word if word is None else effect.feature.groups.get(word, word)
        return [level for level in effect.levels if level != now]
    least, low, high, most = _bounds(effect.feature, ranges)
    step = _step(low, high)
    if column.missing[0]:
        return [float(value) for value in np.arange(low, high + step / 2, step)]
    now_ = float(column.values[0])
    return [value for value in (now_ - step, now_ + step) if least <= value <= most]


def _ranges(model: Model) -> Mapping[str, Sequence[float]]:
    """Feature -> 5 %, middle and 95 % of its numbers in the survey, where the model says so."""
    found = model.about.get("ranges", {})
    return found if isinstance(found, Mapping) else {}


def _bounds(
    feature: Feature, ranges: Mapping[str, Sequence[float]]
) -> tuple[float, float, float, float]:
    """Least and most that a number can be, and between them from where to where it mostly is."""
    usual = ranges.get(feature.name)
    least = 0.0 if feature.low is None else feature.low
    most = np.inf if feature.high is None else feature.high
    if not usual:
        return least, least, float(min(most, least + STEPS)), float(most)
    # Bounds that a spec leaves open lie no nearer than what the survey mostly showed.
    return min(least, usual[0]), usual[0], usual[-1], float(most)


def _step(low: float, high: float) -> float:
    """One; a tenth of the range, rounded to one digit, where the numbers go far."""
    if high - low <= MOST:
        return 1.0
    wide = (high - low) / STEPS
    power = 10.0 ** np.floor(np.log10(wide))
    return float(np.round(wide / power) * power)


def _changed(model: Model, family: Table, trials: Sequence[Trial]) -> Table:
    """One row a trial: the family with these answers changed."""
    columns = {
        feature.name: _column(
            family[feature.name],
            len(trials),
            {
                row: trial.answers[feature.name]
                for row, trial in enumerate(trials)
                if feature.name in trial.answers
            },
        )
        for feature in model.features
    }
    return Table(columns, len(trials))


def _column(now: Column, size: int, other: Mapping[int, Value | None]) -> Column:
    """A column that is as now, but in some rows."""
    if isinstance(now, Numbers):
        numbers: Floats = np.full(size, now.values[0])
        for row, value in other.items():
            numbers[row] = np.nan if value is None else float(value)
        return Numbers(numbers)
    said = None if now.missing[0] else now.words[int(now.codes[0])]
    words = [said, *(None if value is None else str(value) for value in other.values())]
    known = list(dict.fromkeys(word for word in words if word is not None))
    place = {None: NONE, **{word: code for code, word in enumerate(known)}}
    codes = np.full(size, place[said], dtype=np.int64)
    for row, word in zip(other, words[1:], strict=True):
        codes[row] = place[word]
    return Codes(codes, known)
