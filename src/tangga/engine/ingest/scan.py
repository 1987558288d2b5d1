"""Finds, in a block of delimited text, the leading rows that no reader can misread.

numpy looks at all bytes at once; what it does not like from the first doubtful row on is left to
the plain reader (records.py), which comes to the same rows, only slower.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tangga.engine.ingest.limits import Limits

NEWLINE, RETURN, QUOTE = 10, 13, 34


@dataclass(frozen=True)
class Clean:
    """The leading clean rows of a block.

    end: bytes they take. lines: how many lines they take. first_lines: for each row, the number
    of lines before it; None when each row is one line. quoted: whether any quote is among them.
    """

    rows: int
    end: int
    lines: int
    first_lines: NDArray[np.int64] | None
    quoted: bool


NOTHING = Clean(0, 0, 0, None, False)


def clean_rows(block: bytes, delimiter: int, width: int, limits: Limits) -> Clean:
    """The leading clean rows of a block that starts where a row starts and ends with a newline.

    A row is clean when it has `width` cells, quotes only around whole cells, is valid UTF-8
    without NUL or a lone carriage return, and keeps the limits.
    """
    data = np.frombuffer(block, np.uint8)
    newlines = data == NEWLINE
    ends_cell = newlines | (data == delimiter)
    quoted = b'"' in block
    bad = _first_bad_byte(block)
    if quoted:
        inside, misplaced = _inside_quotes(data, delimiter)
        ends_cell &= ~inside
        bad = min(bad, misplaced)
    ends = np.flatnonzero(ends_cell)
    ends = _row_ends(ends, newlines[ends], width)
    ends = ends[: np.searchsorted(ends, bad)]
    ends = ends[: _first_false(np.diff(ends, prepend=-1) - 1 <= limits.record_bytes)]
    if not len(ends):
        return NOTHING
    if not quoted:
        return Clean(len(ends), int(ends[-1]) + 1, len(ends), None, False)
    return _with_lines(ends, np.flatnonzero(newlines), limits)


def _first_bad_byte(block: bytes) -> int:
    """Where the first NUL, lone carriage return or byte that is not UTF-8 is; else the length."""
    found = [len(block), block.find(b"\0"), _lone_return(block)]
    if not block.isascii():
        try:
            block.decode("utf-8")
        except UnicodeDecodeError as error:
            found.append(error.start)
    return min(place for place in found if place >= 0)


def _lone_return(block: bytes) -> int:
    """Where the first carriage return stands without a newline behind it, or -1."""
    if b"\r" not in block:
        return -1
    data = np.frombuffer(block, np.uint8)
    returns = np.flatnonzero(data[:-1] == RETURN)
    first = _first_false(data[returns + 1] == NEWLINE)
    return int(returns[first]) if first < len(returns) else -1


def _inside_quotes(data: NDArray[np.uint8], delimiter: int) -> tuple[NDArray[np.bool_], int]:
    """(which bytes are inside a quoted cell, where the first misplaced quote is)."""
    quotes = data == QUOTE
    inside = np.bitwise_xor.accumulate(quotes.view(np.uint8)).view(np.bool_)
    places = np.flatnonzero(quotes)
    beside = np.zeros(256, np.bool_)
    beside[[delimiter, NEWLINE, QUOTE]] = True
    good = np.empty(len(places), np.bool_)
    # A quote at the very start has index -1 before it: the newline that ends the block.
    good[::2] = beside[data[places[::2] - 1]]
    beside[RETURN] = True
    good[1::2] = beside[data[places[1::2] + 1]]
    first = _first_false(good)
    return inside, int(places[first]) if first < len(places) else len(data)


def _row_ends(
    ends: NDArray[np.int64], is_newline: NDArray[np.bool_], width: int
) -> NDArray[np.int64]:
    """Where the leading rows with exactly `width` cells end."""
    rows = len(ends) // width
    lasts = is_newline[width - 1 : rows * width : width]
    if np.count_nonzero(is_newline[: rows * width]) == rows and lasts.all():
        return ends[width - 1 : rows * width : width]
    cells = is_newline[: rows * width].reshape(rows, width)
    good = cells[:, -1] & ~cells[:, :-1].any(axis=1)
    return ends[width - 1 : rows * width : width][: _first_false(good)]


def _with_lines(ends: NDArray[np.int64], newlines: NDArray[np.int64], limits: Limits) -> Clean:
    """Rows of which some may span lines: those that span too many are not clean."""
    last_lines = np.searchsorted(newlines, ends)
    spans = np.diff(last_lines, prepend=-1)
    rows = _first_false(spans <= limits.record_lines)
    if not rows:
        return NOTHING
    lines = int(last_lines[rows - 1]) + 1
    first_lines = None if lines == rows else (last_lines - spans + 1)[:rows].astype(np.int64)
    return Clean(rows, int(ends[rows - 1]) + 1, lines, first_lines, True)


def _first_false(good: NDArray[np.bool_]) -> int:
    """The index of the first False, or the length."""
    return int(np.argmin(good)) if len(good) and not good.all() else len(good)
