"""What is difficult about a record, as bits of one number, and as text in truth.csv."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tangga.synthetic.draw import Ints, Mask

MEANING = {
    "twin": "the person has a twin in the family",
    "namesake": "bears exactly the name of a sibling or of the father",
    "mononym": "a name of one word",
    "no_papers": "the person never had a NIK",
    "no_nik": "this record has none",
    "mistyped_nik": "one digit wrong, or two swapped",
    "borrowed_nik": "the NIK of the head of the family",
    "placeholder_nik": "0000..., 9999..., or an area code and zeros",
    "second_nik": "the person has two NIK, and this is the second",
    "nik_date_differs": "the date inside the NIK is not the official date of birth",
    "wrong_birth_date": "year, month or day off, day and month swapped, or guessed",
    "year_only": "year of birth only",
    "no_birth_date": "no date of birth",
    "wrong_sex": "the other sex",
    "changed_name": "the name before it was changed",
    "spelling": "another spelling of a word",
    "abbreviation": "a word abbreviated or reduced to its first letter",
    "short_name": "a word left out",
    "nickname": "called name instead of the name",
    "title": "with a title or degree, bin or binti, or alm.",
    "swapped_words": "words in another order",
    "typo": "a letter wrong",
    "truncated_name": "cut at the width of the column",
    "moved": "recorded in the village that the family has left",
    "split": "recorded in the parents' family, which the person has left",
    "old_kk": "a card number that is no longer in force",
    "no_kk": "no card number",
    "shared_kk": "two families on one card",
    "two_kk": "one family on two cards",
    "repeat": "the same person again in one source",
    "dead": "died before today",
    "dead_active": "died, and the source does not know",
    "non_desa": "lives outside any village",
    "unknown_area": "an area code that no table explains",
    "paid_after_death": "a payment to a payee who was dead on that day",
    "one_source": "the person is in one of the three people sources only",
}
"""Flag -> meaning."""

NAMES = list(MEANING)
BIT = {name: np.int64(1) << np.int64(number) for number, name in enumerate(NAMES)}


class Flags:
    """The flags of n records."""

    def __init__(self, n: int) -> None:
        self.bits = np.zeros(n, dtype=np.int64)

    def mark(self, name: str, which: Mask | Ints) -> None:
        """Set a flag on the rows given by a mask or by positions."""
        if which.dtype == bool:
            self.bits |= np.where(which, BIT[name], 0)
        else:
            self.bits[which] |= BIT[name]

    def has(self, name: str) -> Mask:
        """The rows with a flag."""
        return (self.bits & BIT[name]) != 0


def as_text(bits: Ints) -> pa.Array:
    """`twin;no_nik`, in the order of MEANING; empty text for none."""
    combinations, inverse = np.unique(bits, return_inverse=True)
    texts = [";".join(name for name in NAMES if value & BIT[name]) for value in combinations]
    return pa.array(texts, type=pa.string()).take(pa.array(inverse))
