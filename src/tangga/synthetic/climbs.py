"""Which way families went: moved on, standing on their own, slipping; few, as in life."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tangga.synthetic.dates import day
from tangga.synthetic.draw import NEVER, Ints, Mask, chance
from tangga.synthetic.families import TODAY
from tangga.synthetic.programmes import PBI, draw_spells
from tangga.synthetic.records import Population
from tangga.synthetic.registries import deciles

FALL_AGAIN = 0.25
"""Of the families that graduated in 2024."""
FLED = 0.001


@dataclass(frozen=True)
class Climb:
    """Each family's way: days of its moves and shock, NEVER where there was none.

    supported: PKH or Sembako runs, or ran. left: graduated in 2024 already; fell: and was found to
    have fallen since. fled: had to leave its home in a quarrel among villages.
    """

    supported: Mask
    empowered: Ints
    graduated: Ints
    watched: Ints
    shock: Ints
    left: Ints
    fell: Ints
    fled: Ints


def climbs(population: Population) -> Climb:
    """Who was moved on, who stands on its own, who slipped; few, as in life."""
    rng = population.dice.stream("climbs")
    n = len(population.families)
    spells = draw_spells(population)
    mine = spells.programme != PBI
    family = population.people.family[spells.person[mine]]
    supported = np.zeros(n, dtype=bool)
    supported[family] = True
    first = np.full(n, NEVER, dtype=np.int64)
    np.minimum.at(first, family, spells.start[mine])
    long = supported & (first < day(2021, 7)) & chance(rng, 0.06, n) & (spells.graduated == NEVER)
    empowered = np.where(long, day(2024, 9) + rng.integers(0, 330, n), NEVER)
    done = long & chance(rng, 0.3, n) & (empowered < day(2025, 3))
    graduated = np.where(done, empowered + 220 + rng.integers(0, 60, n), NEVER)
    decile = deciles(population)
    hit = chance(rng, np.where(long, 0.05, 0.012), n)
    shock = np.where(hit, day(2025, 6) + rng.integers(0, 220, n), NEVER)
    slipping = hit & np.isin(decile, (5, 6)) & ~supported & chance(rng, 0.5, n)
    watched = np.where(slipping, np.minimum(shock + 20, TODAY - 2), NEVER)
    left, fell, fled = _besides(population, spells.graduated)
    return Climb(supported, empowered, graduated, watched, shock, left, fell, fled)


def _besides(population: Population, left: Ints) -> tuple[Ints, Ints, Ints]:
    """Who graduated in 2024, who of them fell, and who fled."""
    rng = population.dice.stream("fell again")
    n = len(left)
    fell = (left < NEVER) & chance(rng, FALL_AGAIN, n)
    since = np.minimum(left + rng.integers(90, 500, n), TODAY - 5)
    fled = chance(rng, FLED, n)
    return (
        left,
        np.where(fell, since, NEVER),
        np.where(fled, day(2025, 3) + rng.integers(0, 290, n), NEVER),
    )
