"""From m and u to weights in bits, within the limits of the model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log2

from tangga.engine.link.keys import place_column
from tangga.engine.link.levels import RARITY
from tangga.engine.link.model import Comparison, Model
from tangga.engine.train.estimate import Estimates, estimated

# A family shares its place, so agreement there says less of a person than chance would have it:
# at most so much beside the rarity of the place; without rarity, so much at the nearest level and
# so much less at each wider one.
PLACE_BESIDE = 2.0
PLACE_BITS, PLACE_STEP = 8.0, 2.0
# m is learnt from people with a number, who have cards and move less than those without: another
# place is not held against anybody beyond this.
PLACE_AGAINST = -6.0
LOWEST = -12.0


@dataclass(frozen=True)
class Level:
    """One weight before and after. how: estimated, capped, not met, or fixed."""

    comparison: str
    level: str
    before: float
    after: float
    how: str
    m: float | None = None
    u: float | None = None


def weigh(model: Model, found: Estimates, coincidences: dict[str, float]) -> list[Level]:
    """Every weight of the model, old and new. coincidences: by rarity."""
    learnt = {c.name for c in estimated(model)}
    weighed = []
    for comparison in model.comparisons:
        for name, before in _weights(comparison):
            if comparison.name not in learnt:
                weighed.append(Level(comparison.name, name, before, before, "fixed"))
            else:
                weighed.append(_level(model, comparison, name, before, found, coincidences))
    return weighed


def _weights(comparison: Comparison) -> list[tuple[str, float]]:
    return [*comparison.levels, *comparison.weights.items()]


def _level(
    model: Model,
    comparison: Comparison,
    name: str,
    before: float,
    found: Estimates,
    coincidences: dict[str, float],
) -> Level:
    m, u = found.m.get((comparison.slug, name)), found.u.get((comparison.slug, name))
    known = Level(comparison.name, name, before, before, "not met", m, u)
    if m is None or u is None:
        return known
    bits = log2(m / u)
    rarity = rarity_of(comparison, name)
    if rarity is not None:
        if not coincidences.get(rarity):
            return known
        bits += log2(coincidences[rarity])  # the part that the rarity itself says
    lowest, highest = _limits(model, comparison, name)
    kept = round(max(lowest, min(highest, bits)), 2)
    how = "estimated" if lowest <= bits <= highest else "capped"
    return replace(known, after=kept, how=how)


def rarity_of(comparison: Comparison, level: str) -> str | None:
    """The column of `sides` whose rarity a level is worth beside its weight."""
    if level in comparison.rarity:
        return place_column(comparison.rarity[level])
    return RARITY.get((comparison.kind, level), (None, ""))[0]


def _limits(model: Model, comparison: Comparison, level: str) -> tuple[float, float]:
    if comparison.kind != "place":
        return LOWEST, model.date_bits if comparison.kind == "date" else model.name_bits
    names = [name for name, _ in comparison.levels]
    if level not in names:
        return PLACE_AGAINST, 0.0
    if level in comparison.rarity:
        return PLACE_AGAINST, PLACE_BESIDE
    return 0.0, max(0.0, PLACE_BITS - PLACE_STEP * names.index(level))


def with_weights(model: Model, weighed: list[Level]) -> Model:
    """The model with the new weights."""
    new = {(level.comparison, level.level): level.after for level in weighed}
    changed = tuple(
        replace(
            c,
            weights={name: new[c.name, name] for name in c.weights},
            levels=tuple((name, new[c.name, name]) for name, _ in c.levels),
        )
        for c in model.comparisons
    )
    return replace(model, comparisons=changed)
