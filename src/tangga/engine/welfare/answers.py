"""What a model was told of each family, kept short: a fingerprint, and the names of gaps.

The fingerprint tells whether anything changed since another time, so that a decile can be held. It
is not meant to hide answers: whoever knows the few that are possible finds them out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tangga.engine.welfare.columns import NONE, Column, Ints, Mask, Numbers, Table
from tangga.engine.welfare.model import Effect, unusable
from tangga.engine.welfare.spec import Feature

Hashes = npt.NDArray[np.uint64]
STIR = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio, odd: multiplying by it spreads bits (Knuth, vol. 3, 6.4)."""
HALF = np.uint64(32)
NOTHING = np.uint64(0x7FF8_0000_0000_0000)
"""What stands for a number that is missing."""
TOGETHER = 32
DIGITS = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


def fingerprints(table: Table, features: Sequence[Feature]) -> Hashes:
    """A number for the answers of each family, the same for the same answers to the same features.

    Of two families that differ, one pair in 2^64 has the same. It depends on no order of rows and
    no machine.
    """
    names = "\n".join(feature.name for feature in features)
    found = np.full(len(table), _hash(names), dtype=np.uint64)
    for feature in features:
        found ^= _bits(table[feature.name])
        found *= STIR
        found ^= found >> HALF
    return found


def _bits(column: Column) -> Hashes:
    if isinstance(column, Numbers):
        # Adding 0 makes -0 the 0 that it equals.
        bits = (column.values + 0.0).view(np.uint64)
        bits[column.missing] = NOTHING
        return bits
    # One place more than there are words: -1, for what is missing, reads the last one.
    return np.array([*(_hash(word) for word in column.words), NOTHING], dtype=np.uint64)[
        column.codes
    ]


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def as_text(found: Hashes) -> pa.StringArray:
    """Sixteen digits each; a spreadsheet would round the number."""
    shifts = np.arange(60, -4, -4, dtype=np.uint64)
    digits = np.empty((len(found), 16), dtype=np.uint8)
    for place, shift in enumerate(shifts):
        digits[:, place] = DIGITS[(found >> shift) & np.uint64(15)]
    offsets = np.arange(len(found) + 1, dtype=np.int32) * 16
    return pa.StringArray.from_buffers(
        len(found), pa.py_buffer(offsets), pa.py_buffer(digits.tobytes())
    )


def lacks(table: Table, effects: Sequence[Effect]) -> pa.DictionaryArray:
    """The names of what a model does not know of each family, parted by commas: what is missing,
    and words that its survey never had. Null where all is known."""
    absent = [_absent(table[effect.feature.name], effect) for effect in effects]
    rows = np.flatnonzero(np.logical_or.reduce(absent)) if effects else np.zeros(0, dtype=np.int64)
    gaps = np.column_stack([some[rows] for some in absent]) if len(rows) else np.zeros((0, 0))
    first, kind = _kinds(gaps)
    names = [effect.feature.name for effect in effects]
    texts = [", ".join(n for n, gap in zip(names, gaps[row], strict=True) if gap) for row in first]
    codes = np.full(len(table), NONE, dtype=np.int32)
    codes[rows] = kind
    indices = pa.array(codes, mask=codes == NONE)
    return pa.DictionaryArray.from_arrays(indices, pa.array(texts, pa.string()))


def _kinds(gaps: Mask) -> tuple[Ints, Ints]:
    """(a row of each kind of row, the kind of each row): so many features at a time as one number,
    which is a hundred times as quick as comparing rows."""
    kind = first = np.zeros(len(gaps), dtype=np.int64)
    for start in range(0, gaps.shape[1], TOGETHER):
        some = gaps[:, start : start + TOGETHER]
        bits = some @ (np.int64(1) << np.arange(some.shape[1]))
        _, first, kind = np.unique(kind << TOGETHER | bits, return_index=True, return_inverse=True)
    return first, kind


def _absent(column: Column, effect: Effect) -> Mask:
    if isinstance(column, Numbers):
        return unusable(effect.feature, column.values)
    return np.array([*(effect.level(word) is None for word in column.words), True])[column.codes]
