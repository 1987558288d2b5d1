"""What a rupiah, an hour and a place are worth: prices at which families choose for themselves.

For prices p >= 0 of the pools, p @ capacity + sum over families of max(0, value - price of its use)
is never less than what any plan of whole families can gain (the Lagrangian bound: D. Everett,
Operations Research 11, 1963; M. L. Fisher, Management Science 27, 1981). The best prices make it as
small as can be. The maximum has corners; it is smoothed (a family takes each offer by a share, as
in a logit), a barrier keeps prices above zero, and Newton's steps follow both down to nothing. The
bound itself is reckoned at the end, without any smoothing, so that it holds whatever the steps did.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve

from tangga.engine.optimise.problem import Floats, Ints

NONE = -1
CHUNK = 50_000
STEPS = 30
SMOOTH_FIRST, SMOOTH_LAST = 0.3, 1e-4
"""Shares of a typical value: from smooth to almost none."""
SHRINK = 0.2
NEAR = 0.3
"""A smoothed bound is left where it could fall by less than this share of one family's worth a
pool."""


@dataclass(frozen=True)
class Offers:
    """What each family may be offered. F families, K offers, R sorts of pools, P pools.

    values: (F, K) what an offer gains; -inf where it is not for that family. uses: R arrays (F, K)
    or (1, K), whole numbers, what an offer uses of a sort. pools: (R, F) the number of the pool of
    a sort that serves a family, NONE where there is no limit. capacity: (P,) whole numbers. draw:
    (F,) the public order of the equal, lowest first.
    """

    values: Floats
    uses: tuple[Ints, ...]
    pools: Ints
    capacity: Ints
    draw: Ints

    def use(self, sort: int, families: slice | Ints) -> Ints:
        """What each offer uses of a sort, for some families."""
        uses = self.uses[sort]
        return uses if len(uses) == 1 else uses[families]

    def charge(self, prices: Floats, families: slice) -> Floats:
        """(n, K) what each offer costs some families at prices of the pools."""
        extended = np.append(prices, 0.0)
        cost = np.zeros((1, self.values.shape[1]))
        for sort in range(len(self.uses)):
            cost = cost + extended[self.pools[sort, families], None] * self.use(sort, families)
        return cost


def bound(offers: Offers, prices: Floats) -> float:
    """What no plan of whole families can exceed, whatever the prices (at least 0)."""
    total = float(prices @ offers.capacity)
    for families in chunks(len(offers.values)):
        net = offers.values[families] - offers.charge(prices, families)
        total += float(np.maximum(net.max(axis=1), 0).sum())
    return total


def chunks(many: int) -> list[slice]:
    """Slices of so many families at a time, so that their arrays stay in the cache."""
    return [slice(first, min(first + CHUNK, many)) for first in range(0, many, CHUNK)]


def best_prices(offers: Offers) -> Floats:
    """(P,) prices of the pools that make the bound nearly as small as can be."""
    finite = offers.values[np.isfinite(offers.values) & (offers.values > 0)]
    pools = len(offers.capacity)
    if not len(finite) or not pools:
        return np.zeros(pools)
    typical = float(np.median(finite))
    scale = _scale(offers)
    smoother = _Smoother(offers, scale)
    prices, smooth = np.full(pools, typical), SMOOTH_FIRST * typical
    while smooth > SMOOTH_LAST * typical:
        prices = smoother.least(prices, smooth)
        smooth *= SHRINK
    return prices / scale


def _scale(offers: Offers) -> Floats:
    """What one family typically uses of each pool: prices are reckoned for so much."""
    scale = np.ones(len(offers.capacity))
    for sort, uses in enumerate(offers.uses):
        some = uses[uses > 0]
        there = np.unique(offers.pools[sort][offers.pools[sort] >= 0])
        scale[there] = float(some.mean()) if some.size else 1.0
    return scale


@dataclass(frozen=True)
class _At:
    """The smoothed bound at some prices: values of each group of pools, with the barrier; slope
    and curve without it."""

    values: Floats
    slope: Floats
    curve: sparse.csr_array

    def move(self, prices: Floats, smooth: float) -> tuple[Floats, Floats]:
        """Newton's step, and how far each pool's part of it promises to fall."""
        slope = self.slope - smooth / prices
        curve = self.curve + sparse.diags_array(smooth / prices**2)
        step = -spsolve(sparse.csc_array(curve), slope)
        return step, -slope * step


class _Smoother:
    """The smoothed bound: its slope and curvature, and one step of Newton towards its least."""

    def __init__(self, offers: Offers, scale: Floats) -> None:
        self.offers, self.scale = offers, scale
        self.capacity = offers.capacity / scale
        self.uses = [uses / self._mean(sort) for sort, uses in enumerate(offers.uses)]
        self.pools = np.where(offers.pools < 0, len(scale), offers.pools)
        self.pairs = self._pairs()
        self.group, self.family_group = self._groups()

    def _mean(self, sort: int) -> float:
        there = self.offers.pools[sort] >= 0
        return float(self.scale[self.offers.pools[sort][there][0]]) if there.any() else 1.0

    def _pairs(self) -> dict[tuple[int, int], tuple[Ints, Ints]]:
        """For two sorts: which pairs of pools meet in a family, and in which each family is."""
        many = len(self.scale) + 1
        found = {}
        for one in range(len(self.uses)):
            for two in range(one, len(self.uses)):
                keys = self.pools[one].astype(np.int64) * many + self.pools[two]
                found[one, two] = np.unique(keys, return_inverse=True)
        return found

    def _groups(self) -> tuple[Ints, Ints]:
        """Which pools hang together through families; and of which group each family is."""
        many = len(self.scale)
        keys = np.concatenate([keys for keys, _ in self.pairs.values()])
        rows, columns = np.divmod(keys, many + 1)
        limited = (rows < many) & (columns < many)
        shape = (many, many)
        pairs = (np.ones(int(limited.sum())), (rows[limited], columns[limited]))
        _, group = connected_components(sparse.coo_array(pairs, shape=shape), directed=False)
        group = group.astype(np.int64)
        first = self.pools.min(axis=0)  # pools without a limit have the highest number
        return group, np.append(group, group.max() + 1)[first]

    def least(self, prices: Floats, smooth: float) -> Floats:
        """Prices at which the smoothed bound is as low as need be: Newton's steps, each shortened
        until the bound falls; pools that share no family do so each for themselves."""
        at = self._look(prices, smooth)
        for _ in range(STEPS):
            move, fall = at.move(prices, smooth)
            falls = np.bincount(self.group, fall)
            far = falls >= NEAR * smooth * np.bincount(self.group)
            if not far.any():
                break
            length = np.where(far, self._reach(prices, move), 0.0)
            for _ in range(STEPS):
                new = prices + length[self.group] * move
                there = self._look(new, smooth)
                rises = there.values > at.values - 0.1 * length * falls
                if not (rises & far).any():
                    break
                length = np.where(rises, length / 3, length)
            prices, at = new, there
        return prices

    def _reach(self, prices: Floats, move: Floats) -> Floats:
        """For each group of pools: how much of a step leaves all its prices above zero."""
        steepest = np.full(self.group.max() + 1, 0.95)
        np.maximum.at(steepest, self.group, -move / prices)
        return 0.95 / steepest

    def _look(self, prices: Floats, smooth: float) -> _At:
        """The smoothed bound with its barrier at some prices; slope and curvature without it."""
        sorts, pools = range(len(self.uses)), len(self.scale) + 1
        used = np.zeros(pools)
        curves = {pair: np.zeros(len(keys)) for pair, (keys, _) in self.pairs.items()}
        own = prices * self.capacity - smooth * np.log(prices)
        values = np.bincount(self.group, own)
        for families in chunks(len(self.offers.values)):
            shares, gain = self._shares(prices, smooth, families)
            values += np.bincount(self.family_group[families], gain, minlength=len(values) + 1)[:-1]
            uses = [
                self.uses[s] if len(self.uses[s]) == 1 else self.uses[s][families] for s in sorts
            ]
            each = [
                np.einsum("fk,fk->f", shares, np.broadcast_to(uses[s], shares.shape)) for s in sorts
            ]
            for s in sorts:
                used += np.bincount(self.pools[s, families], each[s], minlength=pools)
            for (one, two), (keys, which) in self.pairs.items():
                both = np.einsum(
                    "fk,fk->f", shares, np.broadcast_to(uses[one] * uses[two], shares.shape)
                )
                both -= each[one] * each[two]
                curves[one, two] += np.bincount(which[families], both, minlength=len(keys))
        return _At(values, self.capacity - used[:-1], self._matrix(curves, smooth))

    def _shares(self, prices: Floats, smooth: float, families: slice) -> tuple[Floats, Floats]:
        """(n, K) the share by which each family takes each offer; (n,) what it gains, smoothed."""
        extended = np.append(prices, 0.0)
        net = self.offers.values[families].copy()
        for sort, uses in enumerate(self.uses):
            own = uses if len(uses) == 1 else uses[families]
            net -= extended[self.pools[sort, families], None] * own
        net /= smooth
        top = np.maximum(net.max(axis=1, keepdims=True), 0.0)
        net -= top
        np.exp(net, out=net)
        total = net.sum(axis=1, keepdims=True) + np.exp(-top)
        net /= total
        return net, smooth * (top + np.log(total))[:, 0]

    def _matrix(self, curves: dict[tuple[int, int], Floats], smooth: float) -> sparse.csr_array:
        many = len(self.scale) + 1
        matrix = sparse.csr_array((many, many))
        for (one, two), values in curves.items():
            rows, columns = np.divmod(self.pairs[one, two][0], many)
            part = sparse.csr_array(
                sparse.coo_array((values / smooth, (rows, columns)), shape=(many, many))
            )
            matrix = matrix + part + (part.T if one != two else 0 * part)
        return matrix[:-1, :-1]
