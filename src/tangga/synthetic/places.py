"""Where the invented people live: villages of the size that villages have."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

import numpy as np

from tangga.registry.areas import Areas, load_areas
from tangga.synthetic.draw import Dice, Ints

PEOPLE_PER_VILLAGE = 2300
"""Mesuji: 241,280 people in 105 desa."""
LEAST_PER_AREA = 600
"""Fewer people than this an area are not spread over all areas asked for."""


@dataclass(frozen=True)
class Places:
    """Villages and how many people each is to have.

    codes: Kemendagri, 10 digits; bps: 10 digits, invented below the kabupaten; people: target
    of each; district, regency: first 6 and 4 digits of the code, as numbers.
    """

    codes: list[str]
    names: list[str]
    bps: list[str]
    people: Ints
    district: Ints
    regency: Ints

    def __len__(self) -> int:
        return len(self.codes)


def pack_areas() -> Areas:
    """The areas of the Indonesian pack."""
    return load_areas(str(resources.files("tangga") / "packs/indonesia"))


def choose_places(dice: Dice, people: int, wanted: tuple[str, ...], areas: Areas) -> Places:
    """Neighbouring villages for so many people, in the areas wanted and, past those, in more.

    Raises ValueError for an area that has no villages.
    """
    rng = dice.stream("places")
    codes = _villages(rng, people, wanted, areas)
    size = rng.lognormal(0, 0.35, len(codes))
    bounds = np.rint(np.cumsum(size) / size.sum() * people).astype(np.int64)
    return Places(
        codes=codes,
        names=[areas.name(code) or "" for code in codes],
        bps=_invented_bps(codes, areas),
        people=np.diff(bounds, prepend=0),
        district=np.array([int(code[:6]) for code in codes]),
        regency=np.array([int(code[:4]) for code in codes]),
    )


def _villages(
    rng: np.random.Generator, people: int, wanted: tuple[str, ...], areas: Areas
) -> list[str]:
    wanted = wanted[: max(1, people // LEAST_PER_AREA)]
    needed = max(len(wanted), round(people / PEOPLE_PER_VILLAGE))
    stock = {area: areas.under(area, "village") for area in wanted}
    empty = [area for area, villages in stock.items() if not villages]
    if empty:
        raise ValueError(f"no villages in area {', '.join(empty)}")
    have = sum(map(len, stock.values()))
    chosen: list[str] = []
    for area in wanted:
        share = max(1, round(needed * len(stock[area]) / have))
        chosen += _neighbours(rng, stock[area], share)
    for area in _more(wanted, areas):
        if len(chosen) < needed:
            chosen += _neighbours(rng, areas.under(area, "village"), needed - len(chosen))
    return sorted(chosen)


def _neighbours(rng: np.random.Generator, villages: list[str], count: int) -> list[str]:
    start = int(rng.integers(len(villages)))
    return (villages[start:] + villages[:start])[:count]


def _more(wanted: tuple[str, ...], areas: Areas) -> list[str]:
    """Further kabupaten with a known BPS code, those first whose two codes differ."""
    rows = sorted(areas.systems["bps"].items(), key=lambda row: (row[0] == row[1], row[1]))
    return [own for _, own in rows if not any(own.startswith(area) for area in wanted)]


def _invented_bps(codes: list[str], areas: Areas) -> list[str]:
    """2+2+3+3 digits: the true BPS kabupaten where known, below it numbers in order."""
    bps = {own: code for code, own in areas.systems["bps"].items()}
    serial: dict[str, int] = {}
    found = []
    for code in codes:
        serial[code[:6]] = serial.get(code[:6], 0) + 1
        district = f"{int(code[4:6]) * 10:03d}"
        found.append(f"{bps.get(code[:4], code[:4])}{district}{serial[code[:6]]:03d}")
    return found
