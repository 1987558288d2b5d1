"""What each answer is worth, in plain words: the part of a model card that shows its effects."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from tangga.engine.welfare.columns import Numbers
from tangga.engine.welfare.model import POINTS, Effect, Model
from tangga.engine.welfare.shown import NONE, Shown, table

STEPS: Mapping[str, float] = {"none": 1.0, "log": math.log(2), "log1p": math.log(2), "sqrt": 1.0}
"""Units after a transform of a step that can be told: one more, twice as many."""
Coefficient = Mapping[str, Any]


def effects(model: Model, shown: Shown) -> Iterator[str]:
    """Two tables, of numbers and of words, and what must be known of them."""
    by_feature: dict[str, list[Coefficient]] = {}
    for one in model.about["coefficients"]:
        by_feature.setdefault(one["feature"], []).append(one)
    unit = shown.say("effects_log" if model.log else "effects_units", unit=model.unit)
    clusters = model.about["survey"]["clusters"]
    said = shown.say("effects_says", unit=unit, clusters=clusters)
    yield from (f"## {shown.say('effects')}", "", said, "")
    numbers = [effect for effect in model.effects if effect.feature.numeric]
    words = [effect for effect in model.effects if not effect.feature.numeric]
    wide = _times(clusters)
    rows = [_number(e, by_feature[e.feature.name][0], model, shown, wide) for e in numbers]
    if rows:
        headings = ("feature", "step", "effect", "interval", "at_values")
        yield from table([shown.say(h) for h in headings], rows)
    rows = [r for e in words for r in _words(e, by_feature[e.feature.name], model, shown, wide)]
    if rows:
        headings = ("feature", "answer", "against_average", "interval", "households")
        yield from table([shown.say(h) for h in headings], rows)
    yield from _notes(model, shown)


def _times(clusters: int) -> float:
    """Standard errors to each side of a 95 % interval: Student's t, with a degree of freedom less
    than there are clusters. Not clusters less strata, as measures have it: these errors (CR1) take
    clusters of all strata as one sample, which makes them rather too wide than too narrow."""
    from scipy.special import stdtrit

    return float(stdtrit(max(clusters - 1, 1), 0.975))


def _number(
    effect: Effect, one: Coefficient, model: Model, shown: Shown, wide: float
) -> Sequence[str]:
    feature = effect.feature
    step = STEPS[feature.transform]
    value, error = one["value"] * step, one["standard_error"]
    error = None if error is None or one["held"] or one["same"] else error * step
    at = []
    for answer in model.about["ranges"][feature.name]:
        points, _ = effect.points(Numbers(np.array([answer])))
        beside = (int(points[0]) - effect.centre) / POINTS
        at.append(f"{shown.plain(answer)}: {_worth(beside, model.log, shown)}")
    return (
        _label(effect, one, shown),
        shown.say(f"step_{feature.transform}"),
        _worth(value, model.log, shown),
        _interval(value, error, model.log, shown, wide),
        "; ".join(dict.fromkeys(at)),
    )


def _words(
    effect: Effect, ones: Sequence[Coefficient], model: Model, shown: Shown, wide: float
) -> Iterator[Sequence[object]]:
    for place, one in enumerate(sorted(ones, key=lambda one: one["value"])):
        error = None if one["same"] else one["standard_error"]
        yield (
            _label(effect, one, shown) if place == 0 else "",
            one["word"],
            _worth(one["value"], model.log, shown),
            _interval(one["value"], error, model.log, shown, wide),
            one["households"],
        )


def _label(effect: Effect, one: Coefficient, shown: Shown) -> str:
    name = effect.feature.labels.get(shown.language, effect.feature.name)
    return f"{name} †" if one["held"] or one["same"] else name


def _worth(value: float, log: bool, shown: Shown) -> str:
    """Of a logarithm: by how many per cent more or less."""
    return shown.change(math.expm1(value)) if log else shown.signed(value, 0)


def _interval(value: float, error: float | None, log: bool, shown: Shown, wide: float) -> str:
    if error is None:
        return NONE
    low, high = value - wide * error, value + wide * error
    return f"{_worth(low, log, shown)} – {_worth(high, log, shown)}"


def _notes(model: Model, shown: Shown) -> Iterator[str]:
    """What the survey could not show, feature by feature."""
    labels = {f.name: f.labels.get(shown.language, f.name) for f in model.features}
    lines = []
    for note in model.about["notes"]:
        values = {key: value for key, value in note.items() if key not in ("feature", "finding")}
        values |= {"words": ", ".join(values["words"])} if "words" in values else {}
        said = shown.say(f"note_{note['finding']}", **values)
        lines.append(f"- {labels[note['feature']]}: {said}")
    if lines:
        yield from (shown.say("notes"), "", *lines, "")


def spread_of(sigma: float, log: bool, shown: Shown) -> dict[str, str]:
    """How far what a family has lies from its score, in two of three cases: to each side."""
    return {"less": _worth(-sigma, log, shown), "more": _worth(sigma, log, shown)}
