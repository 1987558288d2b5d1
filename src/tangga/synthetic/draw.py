"""Drawing at random, a whole column at a time, and the same for the same seed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

Ints = np.ndarray
Mask = np.ndarray

NEVER = np.int32(2**31 - 1)
"""The day of something that does not happen."""


@dataclass(frozen=True)
class Dice:
    """Independent streams of one seed: one topic more changes nothing in the others."""

    seed: int

    def stream(self, topic: str) -> np.random.Generator:
        """The random numbers of a topic."""
        return np.random.default_rng([self.seed, zlib.crc32(topic.encode())])


def chance(rng: np.random.Generator, p: float | np.ndarray, n: int) -> Mask:
    """True with probability p, for each of n."""
    return rng.random(n) < p


def weighted(rng: np.random.Generator, weights: list[float] | np.ndarray, n: int) -> Ints:
    """n indices drawn with these weights."""
    edges = np.cumsum(np.asarray(weights, dtype=float))
    return np.searchsorted(edges, rng.random(n) * edges[-1], side="right").astype(np.int32)


def rank_within(*keys: Ints) -> Ints:
    """0, 1, 2 ... for the rows that share all keys, in order of row."""
    order = np.lexsort(keys[::-1])
    first = np.ones(len(order), dtype=bool)
    if len(order):
        first[1:] = np.any([key[order][1:] != key[order][:-1] for key in keys], axis=0)
    starts = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - starts
    return rank


def permuted(rng: np.random.Generator, n: int) -> Ints:
    """The numbers 0 to n - 1 in random order."""
    return rng.permutation(n).astype(np.int64)
