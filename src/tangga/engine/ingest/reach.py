"""How far the cells of a workbook's sheet reach, from its XML as bytes.

The parser holds a cell for every place between the first and the last, and ends the process where
the machine has no memory for them: nothing of Python's can stop that, so that it is asked before.
A sheet of a million rows has many millions of references: NumPy reads them, a block at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
FEW_CELLS, THIN = 20_000_000, 50
"""Refused is a sheet of more than FEW_CELLS places, of which less than one in THIN is written."""
LONGEST = 16
"""Signs of a reference that are looked at; the farthest cell of a sheet has ten: XFD1048576."""
OVERLAP = 64
SPACED = re.compile(rb"\sr\s*=\s*[\"']")
TAG = re.compile(rb"<(?:[^<>/\s:]+:)?(c|row)[\s/>]")
BEGINS = tuple(int.from_bytes(two, "little") for two in (b"<c", b":c", b"<r", b":r"))
ZEROS, NO_DIGIT = np.uint64(0x3030303030303030), np.uint64(0xF0F0F0F0F0F0F0F0)
TEN_AND_MORE = np.uint64(10 << 56)
"""From here on, the first of eight signs is no digit."""
Signs = NDArray[np.uint8]
Places = NDArray[np.int64]


class Reach:
    """The farthest row and column that any reference names, and how many references there are.

    Every attribute `r` counts, of rows as of cells, wherever it stands: the parser takes cells
    outside of rows too. unnamed: cells and rows without one, which stand behind the one before.
    """

    def __init__(self) -> None:
        self.row = self.column = self.named = self.unnamed = 0
        self._before = b""

    def add(self, block: bytes) -> None:
        """A further block of the sheet; a reference may lie across its border."""
        text = self._before + block
        self._look(text)
        self._before = text[-OVERLAP:]

    def end(self) -> None:
        """Nothing comes after the last block."""
        self._look(self._before + b" " * OVERLAP)
        self._before = b""

    def mistake(self, again: Iterable[bytes]) -> str:
        """Why the parser must not see the sheet; empty where it may. again: the same blocks, asked
        for only where cells without a reference may reach far."""
        rows, columns = self.row + self.unnamed, self.column + self.unnamed
        if self.unnamed and self._is_thin(rows, columns):
            unnamed = _most_in_a_row(again)
            rows, columns = self.row + unnamed[0], self.column + unnamed[1]
        if self.row > LAST_ROW or self.column > LAST_COLUMN:
            return "a cell where no sheet has one"
        return "a cell far away from all others" if self._is_thin(rows, columns) else ""

    def _is_thin(self, rows: int, columns: int) -> bool:
        return rows * columns > max(FEW_CELLS, THIN * (self.named + self.unnamed))

    def _look(self, text: bytes) -> None:
        signs = np.frombuffer(text, np.uint8)
        at = _values(text, signs)
        # What begins later is complete only with the next block, which repeats it.
        at = at[at <= len(signs) - LONGEST]
        self.named += len(at)
        self.unnamed += max(0, _tags(text) - len(at))
        column = np.zeros(len(at), np.int32)
        for _letter in range(4):
            sign = (signs[at] | 32) - ord("a")
            more = sign < 26
            if not more.all():
                self._rows(text, at[~more], column[~more])
                at, column, sign = at[more], column[more], sign[more]
            if not len(at):
                return
            at, column = at + 1, column * 26 + sign + 1
        self.column = max(self.column, int(column.max()))

    def _rows(self, text: bytes, at: Places, column: NDArray[np.int32]) -> None:
        """The digits behind so many letters as all of these have.

        Eight signs are one number to the base 256: digits from the left on, then what is none.
        Moved to the right until that is gone, it is the greater the greater the row is.
        """
        eight = np.ndarray(len(text) - 7, ">u8", text, strides=(1,))[at].astype(np.uint64) ^ ZEROS
        some = eight < TEN_AND_MORE
        if not some.any():
            return
        self.column = max(self.column, int(column[some].max()))
        # The cells of a row bear the same number, mostly one behind the other: asked once.
        eight = eight[some]
        eight = eight[np.append(True, eight[1:] != eight[:-1])]
        other, away = eight & NO_DIGIT, np.zeros(len(eight), np.uint64)
        for place in range(8):
            away += other >= np.uint64(1 << 8 * place)
        greatest = int((eight >> (away * np.uint64(8))).max())
        eight_or_more = LAST_ROW + 1 if (away == 0).any() else 0
        row = int("".join(map(str, greatest.to_bytes(8, "big"))))
        self.row = max(self.row, row, eight_or_more)


def _values(text: bytes, signs: Signs) -> Places:
    """Where the value of each attribute `r` begins."""
    at = np.flatnonzero(signs[2:-1] == ord("=")) + 2
    left, right = signs[at - 1], signs[at + 1]
    if (left <= ord(" ")).any() or (right <= ord(" ")).any():
        return np.array([match.end() for match in SPACED.finditer(text)], np.int64)
    at = at[(left == ord("r")) & ((right == ord('"')) | (right == ord("'")))]
    return at[signs[at - 2] <= ord(" ")] + 2


def _tags(text: bytes) -> int:
    """How many cells and rows begin here, rather too many: the first sign of a name is enough."""
    count = 0
    for shift in range(2):
        pairs = np.frombuffer(text, "<u2", (len(text) - shift) // 2, shift)
        count += sum(int(np.count_nonzero(pairs == begin)) for begin in BEGINS)
    return count


def _most_in_a_row(blocks: Iterable[bytes]) -> tuple[int, int]:
    """(rows, the most cells between the beginnings of two rows), named or not."""
    rows = cells = most = 0
    rest = b""
    for block in (*blocks, b" "):
        text = rest + block
        end = len(text)
        for tag in TAG.finditer(text):
            if tag[1] == b"row":
                rows, cells = rows + 1, 0
            else:
                cells += 1
                most = max(most, cells)
        # A tag without its end comes again with the next block.
        last = text.rfind(b"<", max(0, end - OVERLAP))
        rest = text[last:] if last >= 0 and not TAG.match(text, last) else b""
    return rows, most
