"""Cases that every invented population has, so that a demo can show them."""

from __future__ import annotations

import numpy as np

from tangga.synthetic.dates import day
from tangga.synthetic.draw import NEVER, Dice, Ints, chance
from tangga.synthetic.families import Families
from tangga.synthetic.places import Places

MESUJI, KOTA_BENGKULU = 1811, 1771
ENOUGH = 300
"""Families below which nothing is planted."""


def plant(dice: Dice, places: Places, families: Families) -> None:
    """Families of the forest register in Mesuji, and moves from Kota Bengkulu to Mesuji."""
    here = places.regency[families.village] == MESUJI
    settled = here & (families.moved == -NEVER) & (families.host < 0)
    settled &= (families.formed < day(2015)) & ~_hosts(families)
    if len(families) < ENOUGH:
        return
    _forest_register(dice.stream("forest"), places, families, settled)
    _newcomers(places, families, settled & ~families.non_desa)


def _hosts(families: Families) -> np.ndarray:
    found = np.zeros(len(families), dtype=bool)
    found[families.host[families.host >= 0]] = True
    return found


def _forest_register(
    rng: np.random.Generator, places: Places, families: Families, settled: np.ndarray
) -> None:
    """Register 45: some of Mesuji's families, in few kecamatan, poor, mostly without NIK."""
    districts = np.unique(places.district[families.village[settled]])[:3]
    near = settled & np.isin(places.district[families.village], districts)
    families.non_desa = near & chance(rng, 0.008, len(families))
    families.welfare = np.where(families.non_desa, families.welfare * 0.15, families.welfare)


def _newcomers(places: Places, families: Families, settled: np.ndarray) -> None:
    """Three families that left Kota Bengkulu in autumn 2025."""
    city = np.flatnonzero(places.regency == KOTA_BENGKULU)
    movers: Ints = np.flatnonzero(settled & (families.welfare < 0.3))[:3]
    if not len(city):
        return
    families.old_village[movers] = city[np.arange(len(movers)) % len(city)]
    families.moved[movers] = day(2025, 9, 15) + 20 * np.arange(len(movers))
    families.kk_changed[movers] = families.moved[movers] + 12
