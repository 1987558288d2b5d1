"""Values of features of many families, as a model reads them: numbers, or codes of a list.

Missing is an own state and never a value: NaN in numbers, -1 in codes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
NONE = -1
"""The code of a value that is missing."""


@dataclass(frozen=True)
class Numbers:
    """One number a family; NaN where it is not known."""

    values: Floats

    def __len__(self) -> int:
        return len(self.values)

    @property
    def missing(self) -> Mask:
        """Families of which it is not known."""
        return np.isnan(self.values)


@dataclass(frozen=True)
class Codes:
    """One word a family, as its place in `words`; -1 where it is not known."""

    codes: npt.NDArray[np.signedinteger]
    words: Sequence[str]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def missing(self) -> Mask:
        """Families of which it is not known."""
        return self.codes < 0

    def as_words(self) -> list[str | None]:
        """The word of each family."""
        return [None if code < 0 else self.words[code] for code in self.codes]


Column = Numbers | Codes


@dataclass(frozen=True)
class Table:
    """Features by name, all of one length."""

    columns: Mapping[str, Column]
    rows: int

    def __len__(self) -> int:
        return self.rows

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def take(self, which: Mask | Ints) -> Table:
        """Some of the families, in the order asked for."""
        taken = {
            name: Numbers(column.values[which])
            if isinstance(column, Numbers)
            else Codes(column.codes[which], column.words)
            for name, column in self.columns.items()
        }
        return Table(taken, len(np.arange(self.rows)[which]))


def codes_of(words: Sequence[str | None]) -> Codes:
    """Words as codes; the list is in alphabetical order."""
    listed = sorted({word for word in words if word is not None})
    place = {word: code for code, word in enumerate(listed)}
    codes = [NONE if word is None else place[word] for word in words]
    return Codes(np.array(codes, dtype=np.int32), listed)
