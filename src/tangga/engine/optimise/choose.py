"""Whole families within limits, by what they gain net of prices; the equal by the public draw.

Everything that is counted is a whole number (rupiah, hours, places), so a limit is kept exactly.
"""

from __future__ import annotations

import numpy as np

from tangga.engine.optimise.prices import NONE, Offers, chunks
from tangga.engine.optimise.problem import Flags, Floats, Ints

ROUNDS = 200


def choose(offers: Offers, prices: Floats, given: Ints | None = None) -> Ints:
    """(F,) the number of the offer that each family gets, NONE for none.

    given: (F,) offers that are settled before (they must fit). Then, round after round, each
    family that has none yet asks for the offer best for it at the prices of those that still fit;
    they are served in order of net value, then of the draw, as long as what was asked before them
    fits too. Who finds nothing left that gains anything goes without.
    """
    chosen = np.full(len(offers.values), NONE) if given is None else given.copy()
    left = offers.capacity - used(offers, chosen)
    if (left < 0).any():
        raise ValueError("what is given does not fit")
    open_ = np.flatnonzero(chosen == NONE)
    for _ in range(ROUNDS):
        open_, wish, net = _wishes(offers, prices, left, open_)
        if not len(open_):
            break
        order = np.lexsort((offers.draw[open_], -net))
        open_, wish = open_[order], wish[order]
        fits = _served(offers, open_, wish, left)
        chosen[open_[fits]] = wish[fits]
        left -= _taken(offers, open_[fits], wish[fits])
        open_ = open_[~fits]
    return chosen


def used(offers: Offers, chosen: Ints) -> Ints:
    """(P,) what a plan uses of each pool."""
    families = np.flatnonzero(chosen != NONE)
    return _taken(offers, families, chosen[families])


def gained(offers: Offers, chosen: Ints) -> float:
    """What a plan gains in all."""
    families = np.flatnonzero(chosen != NONE)
    return float(offers.values[families, chosen[families]].sum())


def _use(offers: Offers, sort: int, families: Ints, wish: Ints) -> Ints:
    uses = offers.uses[sort]
    return uses[0, wish] if len(uses) == 1 else uses[families, wish]


def _taken(offers: Offers, families: Ints, wish: Ints) -> Ints:
    taken = np.zeros(len(offers.capacity) + 1, dtype=np.int64)
    for sort in range(len(offers.uses)):
        # np.add.at keeps whole numbers, which a weighted bincount would turn into floats
        np.add.at(taken, offers.pools[sort, families], _use(offers, sort, families, wish))
    return taken[:-1]


def _wishes(
    offers: Offers, prices: Floats, left: Ints, families: Ints
) -> tuple[Ints, Ints, Floats]:
    """Who still wishes for something that fits and gains; what; and its net value."""
    found = []
    extended, room = np.append(prices, 0.0), np.append(left, np.iinfo(np.int64).max)
    for part in chunks(len(families)):
        own = families[part]
        values = offers.values[own]
        net, fits = values.copy(), values > 0
        for sort in range(len(offers.uses)):
            pools, uses = offers.pools[sort, own], offers.use(sort, own)
            net -= extended[pools, None] * uses
            fits &= uses <= room[pools, None]
        net[~fits] = -np.inf
        wish = net.argmax(axis=1)
        best = net[np.arange(len(own)), wish]
        some = best > -np.inf
        found.append((own[some], wish[some], best[some]))
    if not found:
        return families, families, np.zeros(0)
    who, what, net = (np.concatenate(one) for one in zip(*found, strict=True))
    return who, what, net


def _served(offers: Offers, families: Ints, wish: Ints, left: Ints) -> Flags:
    """Of families in their order: whose wish fits with all that was asked before it."""
    room = np.append(left, np.iinfo(np.int64).max)
    fits = np.ones(len(families), dtype=bool)
    for sort in range(len(offers.uses)):
        pools = offers.pools[sort, families]
        by_pool = np.argsort(pools, kind="stable")
        asked = _use(offers, sort, families, wish)[by_pool].cumsum()
        sorted_ = pools[by_pool]
        first = np.searchsorted(sorted_, sorted_)  # where a pool's own begin
        before = np.where(first > 0, asked[np.maximum(first - 1, 0)], 0)
        fits[by_pool] &= asked - before <= room[sorted_]
    return fits
