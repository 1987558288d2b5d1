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


@dataclass(frozen=True)
class Climb:
    """Each family's way: days of its moves and shock, NEVER where there was none.

    supported: PKH or Sembako runs, or ran.
    """

    supported: Mask
    empowered: Ints
    graduated: Ints
    watched: Ints
    shock: Ints


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
    long = supported & (first < day(2021, 7)) & chance(rng, 0.06, n)
    empowered = np.where(long, day(2024, 9) + rng.integers(0, 330, n), NEVER)
    done = long & chance(rng, 0.3, n) & (empowered < day(2025, 3))
    graduated = np.where(done, empowered + 220 + rng.integers(0, 60, n), NEVER)
    decile = deciles(population)
    hit = chance(rng, np.where(long, 0.05, 0.012), n)
    shock = np.where(hit, day(2025, 6) + rng.integers(0, 220, n), NEVER)
    slipping = hit & np.isin(decile, (5, 6)) & ~supported & chance(rng, 0.5, n)
    watched = np.where(slipping, np.minimum(shock + 20, TODAY - 2), NEVER)
    return Climb(supported, empowered, graduated, watched, shock)
