"""Features as columns of a least-squares problem, and coefficients as effects again.

Every column is centred on the average household of the survey (by its weight), so that the
intercept is the average outcome, an effect is told against the average household, and a household
of which a feature is not known stands at that average, with an indicator of its own. The indicator
keeps what is not known from bending the other effects; it is worth something in a score only where
the spec says `own`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tangga.engine.welfare.columns import NONE, Codes, Column, Floats, Ints, Mask, Numbers, Table
from tangga.engine.welfare.model import POINTS, Effect, bounded, transformed, unusable
from tangga.engine.welfare.spec import Feature

OWN_LEAST = 20
"""From so many households on, what missing is worth can be learnt from those that lack it."""


@dataclass(frozen=True)
class Block:
    """One feature's columns in a matrix.

    feature: with the bounds that the survey showed. start, stop: its columns. indicator: whether
    the last of them says that it is not known. mean, scale: of a number, after its transform.
    words, basis, shares, counts: of a category, its words, the columns of each (not centred), the
    weighted share of each among households of which it is known, and how many these are. absent:
    households of which it is not known; absent_share: their weighted share.
    """

    feature: Feature
    start: int
    stop: int
    indicator: bool = False
    mean: float = 0.0
    scale: float = 1.0
    words: tuple[str, ...] = ()
    basis: Floats | None = None
    shares: Floats | None = None
    counts: tuple[int, ...] = ()
    absent: int = 0
    absent_share: float = 0.0

    @property
    def own(self) -> slice:
        """Its columns without the indicator."""
        return slice(self.start, self.stop - self.indicator)

    @property
    def effects_of_words(self) -> Floats:
        """Matrix (words x columns): from coefficients to effects against the average household."""
        assert self.basis is not None and self.shares is not None
        return self.basis - self.shares @ self.basis

    def signs(self) -> Floats:
        """For each column +1 or -1 where the spec allows its coefficient one direction, else 0."""
        found = np.zeros(self.stop - self.start)
        found[: self.own.stop - self.start] = self.feature.monotone
        return found

    def effect(self, coefficients: Floats, points: float = POINTS) -> Effect:
        """What the feature adds to a score, in points of the coefficients' unit."""
        found = coefficients[self.own]
        if self.feature.numeric:
            slope = rounded(float(found[0]) / self.scale * points)
            centre, levels = round(slope * self.mean), {}
            doubt = (float(found[0])) ** 2
        else:
            worth = self.effects_of_words @ found
            slope, centre = 0.0, 0
            levels = {word: round(w * points) for word, w in zip(self.words, worth, strict=True)}
            doubt = float(self.shares @ np.square(worth))
        effect = Effect(self.feature, slope, (), (), levels, centre=centre)
        return self._where_missing(effect, coefficients, doubt, points)

    def _where_missing(
        self, effect: Effect, coefficients: Floats, doubt: float, points: float
    ) -> Effect:
        policy = self.feature.missing
        if policy == "unknown":
            return effect
        if policy == "own" and self.absent >= OWN_LEAST:
            added = round(float(coefficients[self.stop - 1]) * points)
            return replace(effect, missing=effect.centre + added)
        return replace(effect, missing=effect.centre, doubt=rounded(doubt))


@dataclass(frozen=True)
class Design:
    """A matrix (households x columns) with the weighted mean of every column 0."""

    matrix: Floats
    blocks: tuple[Block, ...]

    @property
    def signs(self) -> Floats:
        """Directions that the spec allows, a column each."""
        return np.concatenate([np.zeros(0), *(block.signs() for block in self.blocks)])

    def offset(self, coefficients: Floats) -> float:
        """What households with something not known take from the intercept."""
        return sum(
            float(coefficients[block.stop - 1]) * block.absent_share
            for block in self.blocks
            if block.indicator
        )

    def some(self, features: Sequence[str]) -> tuple[Floats, tuple[Block, ...]]:
        """The columns of some features, and their blocks within these."""
        columns, blocks, at = [], [], 0
        for block in self.blocks:
            if block.feature.name in features:
                columns.append(np.arange(block.start, block.stop))
                width = block.stop - block.start
                blocks.append(replace(block, start=at, stop=at + width))
                at += width
        which = np.concatenate([np.zeros(0, dtype=np.int64), *columns])
        return self.matrix[:, which], tuple(blocks)


def rounded(value: float) -> float:
    """Ten digits: the last bits differ between machines, and a model file may not."""
    return float(f"{value:.10g}")


def design_of(table: Table, features: Sequence[Feature], weight: Floats) -> Design:
    """The matrix of a survey's features. weight: of households."""
    share = weight / weight.sum()
    blocks: list[Block] = []
    fills: list[tuple[Fill, Mask]] = []
    at = 0
    for feature in features:
        fill, absent, block = _block(feature, table[feature.name], share)
        width = fill.rows.shape[1] + block.indicator
        blocks.append(replace(block, start=at, stop=at + width))
        fills.append((fill, absent))
        at += width
    matrix = np.empty((len(table), at), order="F")
    for block, (fill, absent) in zip(blocks, fills, strict=True):
        fill.write(matrix[:, block.own])
        if block.indicator:
            matrix[:, block.stop - 1] = absent - block.absent_share
    return Design(matrix, tuple(blocks))


@dataclass(frozen=True)
class Fill:
    """What a feature writes into its columns: `rows[codes]`, one row a word, or a number's."""

    rows: Floats
    codes: Ints | None = None

    def write(self, columns: Floats) -> None:
        """Column after column, so that nothing as large as the matrix stands beside it."""
        for place in range(columns.shape[1]):
            of_column = self.rows[:, place]
            columns[:, place] = of_column if self.codes is None else of_column[self.codes]


def _block(feature: Feature, column: Column, share: Floats) -> tuple[Fill, Mask, Block]:
    make = _of_numbers if isinstance(column, Numbers) else _of_codes
    fill, absent, block = make(feature, column, share)
    if absent.any():
        of_absent = {"absent": int(absent.sum()), "absent_share": float(share[absent].sum())}
        block = replace(block, **of_absent, indicator=True)
    return fill, absent, block


def _of_numbers(feature: Feature, column: Numbers, share: Floats) -> tuple[Fill, Mask, Block]:
    absent = unusable(feature, column.values)
    known = column.values[~absent] if absent.any() else column.values
    if not len(known):
        return Fill(np.zeros((len(absent), 1))), absent, Block(feature, 0, 1)
    feature = with_bounds(feature, known)
    values = transformed(feature, bounded(feature, np.where(absent, known[0], column.values)))
    present = np.where(absent, 0.0, share)
    present /= present.sum() or 1.0
    mean = float(present @ values)
    centred = np.where(absent, 0.0, values - mean)
    scale = float(np.sqrt(present @ np.square(centred)))
    if scale <= 1e-9 * max(1.0, abs(mean)):
        centred, scale = np.zeros_like(centred), 1.0
    return Fill((centred / scale)[:, None]), absent, Block(feature, 0, 1, mean=mean, scale=scale)


def with_bounds(feature: Feature, known: Floats) -> Feature:
    """A feature with the bounds of the spec, or where it has none those of the survey."""
    low = float(known.min()) if feature.low is None else feature.low
    high = float(known.max()) if feature.high is None else feature.high
    return replace(feature, low=low, high=max(low, high))


def _of_codes(feature: Feature, column: Codes, share: Floats) -> tuple[Fill, Mask, Block]:
    codes, words = grouped(feature, column)
    absent = codes == NONE
    weights = np.bincount(codes + 1, weights=share, minlength=len(words) + 1)[1:]
    counts = np.bincount(codes + 1, minlength=len(words) + 1)[1:]
    seen = counts > 0
    place = np.where(seen, np.cumsum(seen) - 1, NONE)
    codes = np.where(absent, NONE, place[codes]) if len(words) else codes
    words = [word for word, is_seen in zip(words, seen, strict=True) if is_seen]
    shares = weights[seen]
    shares = shares / (shares.sum() or 1.0)
    basis = _basis(feature, shares)
    # One row more than there are words: -1, for what is missing, reads the last one.
    rows = np.vstack([basis - shares @ basis, np.zeros(basis.shape[1])])
    of_words = {"words": tuple(words), "basis": basis, "shares": shares}
    block = Block(feature, 0, basis.shape[1], **of_words, counts=tuple(counts[seen].tolist()))
    return Fill(rows, codes), absent, block


def _basis(feature: Feature, shares: Floats) -> Floats:
    """Words x columns: steps upwards of an order, else one column a word but the largest."""
    n = len(shares)
    if feature.order:
        return np.tril(np.ones((n, n)))[:, 1:]
    if not n:
        return np.zeros((0, 0))
    return np.delete(np.eye(n), int(np.argmax(shares)), axis=1)


def grouped(feature: Feature, column: Codes) -> tuple[Ints, list[str]]:
    """(codes, words of the model): in the feature's order, else by alphabet."""
    given = [feature.groups.get(word, word) for word in column.words]
    listed = sorted(set(given))
    if feature.order:
        listed = [word for word in feature.order if word in set(given)]
    place: Mapping[str, int] = {word: code for code, word in enumerate(listed)}
    codes = np.array([*(place.get(word, NONE) for word in given), NONE], dtype=np.int64)
    return codes[column.codes], listed
