"""Where a score stands among all families, kept small: what one family's decile would be.

Ten million scores are cut into spans. Where the decile cannot change, one span may hold millions;
around the cuts between deciles each score is a span of its own. So the decile that a family would
have with another score is the one that ranking everybody anew would give it, to the last family,
and is looked up in well under a millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tangga.engine.welfare.columns import Ints, Mask

PARTS = 10
BINS = 1 << 16
AT_ONCE = 1 << 20
"""Families counted at a time: bounds the memory that counting takes."""
SLACK = 8
"""How many of the heaviest family's weights may move a cut: it leaves its place, weighs more."""


@dataclass(frozen=True)
class Places:
    """Families in spans of scores, lowest first.

    first, last: the scores between which a span lies, both within. below: weight of all families
    with a lower score than `first`. weight: of those in the span. No family lies between spans.
    """

    first: Ints
    last: Ints
    below: Ints
    weight: Ints

    def __len__(self) -> int:
        return len(self.first)

    @property
    def total(self) -> int:
        """The weight of all who have a score."""
        return int(self.below[-1] + self.weight[-1]) if len(self) else 0

    def deciles(
        self, scores: Ints, weight: int, *, now: int | None, weight_now: int | None = None
    ) -> npt.NDArray[np.int8]:
        """The decile that one family would have with each of these scores; 0: nobody weighs.

        weight: of the family then. now: its score in the ranking (None: it had none). weight_now:
        what it weighs there (None: as then). The rule is that of `deciles`: the middle of the
        weight of all who share a score. ValueError where a change of weight is too large to tell.
        """
        low, high, total = self._middles(np.asarray(scores), weight, now, weight_now)
        if total <= 0:
            return np.zeros(len(low), dtype=np.int8)
        found = _decile(low, total)
        if not np.array_equal(found, _decile(high, total)):
            raise ValueError("the weight changed too much for the spans that were kept")
        return found.astype(np.int8)

    def first_of(self, decile: int, weight: int, *, now: int | None) -> int | None:
        """The lowest score with which one family would be in this decile or above; None where no
        score would put it there, or every one."""
        if not len(self):
            return None
        # A decile can only begin at somebody's score, or just above it.
        edges = (self.first[:1] - 1, self.first, self.first + 1, self.last, self.last + 1)
        scores = np.unique(np.concatenate(edges))
        reached = self.deciles(scores, weight, now=now) >= decile
        return int(scores[np.argmax(reached)]) if reached.any() and not reached[0] else None

    def _middles(
        self, scores: Ints, weight: int, now: int | None, weight_now: int | None
    ) -> tuple[Ints, Ints, int]:
        """Twice the weight up to the middle of the family's place: at least, at most; the total."""
        leaves = 0 if now is None else weight if weight_now is None else weight_now
        at = np.searchsorted(self.first, scores, side="right") - 1
        inside = (at >= 0) & (scores <= self.last[at]) if len(self) else at >= 0
        below = np.where(at >= 0, self.below[at], 0) if len(self) else np.zeros_like(scores)
        here = np.where(at >= 0, self.weight[at], 0) if len(self) else np.zeros_like(scores)
        alone = inside & (self.first[at] == self.last[at]) if len(self) else inside
        low, high = 2 * below + np.where(inside, 0, 2 * here), 2 * (below + here)
        low = np.where(alone, 2 * below + here, low)
        high = np.where(alone, 2 * below + here, high)
        if now is not None:
            gone = leaves * (2 * (now < scores) + (now == scores))
            low, high = low - gone, high - gone
        return low + weight, high + weight, self.total - leaves + weight


def places_of(score: Ints, known: Mask, weight: Ints, *, bins: int = BINS) -> Places:
    """Spans of the families that have a score; see `deciles` for what a weight is.

    bins: into how many equal steps the scores are cut before the cuts are looked at closely.
    """
    if not known.any():
        nobody = np.zeros(0, dtype=np.int64)
        return Places(nobody, nobody, nobody, nobody)
    if not known.all():
        score, weight = score[known], weight[known]
    lowest = int(score.min())
    step = (int(score.max()) - lowest) // bins + 1
    held = _counted(score, weight, lowest, step)
    upto = np.cumsum(held)
    below, total = upto - held, int(upto[-1])
    slack = SLACK * int(weight.max())
    low, high = (_decile(2 * part, total) for part in (below - slack, upto + slack))
    close = _picked(score, weight, lowest, step, low != high)
    return _spans(lowest, step, held, low, low != high, close)


def _decile(middle: Ints, total: int) -> Ints:
    if total <= 0:
        return np.zeros_like(middle)
    return np.clip(1 + PARTS * middle // (2 * total), 1, PARTS)


def _counted(score: Ints, weight: Ints, lowest: int, step: int) -> Ints:
    """The weight in each bin."""
    bins = (int(score.max()) - lowest) // step + 1
    held = np.zeros(bins, dtype=np.int64)
    for start in range(0, len(score), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        # A sum of whole numbers below 2**53 is exact in floats, whatever its order.
        of_bins = (score[part] - lowest) // step
        held += np.bincount(of_bins, weights=weight[part], minlength=bins).astype(np.int64)
    return held


def _picked(score: Ints, weight: Ints, lowest: int, step: int, close: Mask) -> tuple[Ints, Ints]:
    """Each score of the bins that are looked at closely, and the weight that has it."""
    scores, weights = [], []
    for start in range(0, len(score), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        here = close[(score[part] - lowest) // step]
        scores.append(score[part][here])
        weights.append(weight[part][here])
    found, of_row = np.unique(np.concatenate(scores), return_inverse=True)
    held = np.bincount(of_row, weights=np.concatenate(weights), minlength=len(found))
    return found, held.astype(np.int64)


def _spans(
    lowest: int, step: int, held: Ints, decile: Ints, close: Mask, alone: tuple[Ints, Ints]
) -> Places:
    """Bins in a row with one decile as one span, and each score of the other bins as one."""
    # Empty bins are nobody's; a new span begins where the decile changes or close bins lie between.
    bins = np.flatnonzero(~close & (held > 0))
    runs = np.cumsum(close)[bins] * (PARTS + 1) + decile[bins]
    begins = np.flatnonzero(np.diff(runs, prepend=-1)) if len(bins) else bins
    ends = np.append(begins[1:], len(bins)) - 1 if len(bins) else bins
    wide = np.add.reduceat(held[bins], begins) if len(bins) else bins
    first = np.concatenate([lowest + bins[begins] * step, alone[0]])
    last = np.concatenate([lowest + (bins[ends] + 1) * step - 1, alone[0]])
    weight = np.concatenate([wide, alone[1]])
    order = np.argsort(first)
    first, last, weight = first[order], last[order], weight[order]
    return Places(first, last, np.cumsum(weight) - weight, weight)
