"""Columns of numbers turned into the text of cells."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tangga.synthetic.dates import calendar
from tangga.synthetic.draw import Ints, Mask

Column = pa.Array


def digits(numbers: Ints, width: int = 0, *, empty: Mask | None = None) -> Column:
    """Numbers as text, with leading zeros to a width; empty cells where told."""
    text = pc.cast(pa.array(np.asarray(numbers, dtype=np.int64)), pa.string())
    text = pc.utf8_lpad(text, width=width, padding="0") if width else text
    return text if empty is None else blank(text, empty)


def blank(column: Column, where: Mask) -> Column:
    """The column with empty cells."""
    return pc.if_else(pa.array(np.asarray(where, dtype=bool)), pa.scalar(None, pa.string()), column)


def choose(where: Mask, yes: Column | str, no: Column | str) -> Column:
    """One text or the other."""
    return pc.if_else(pa.array(np.asarray(where, dtype=bool)), yes, no)


def coded(numbers: Ints, texts: list[str | None]) -> Column:
    """texts[number] of each."""
    return pa.array(texts, type=pa.string()).take(pa.array(np.asarray(numbers)))


def together(*parts: Column | str, between: str = "") -> Column:
    """Columns and texts side by side; missing parts are left out."""
    return pc.binary_join_element_wise(*parts, between, null_handling="skip")


def dates(days: Ints, form: str, *, empty: Mask | None = None) -> Column:
    """Days as text. form: with {y}, {m} and {d} in some order, such as '{d}-{m}-{y}'."""
    year, month, on = calendar(days)
    cell = {"{y}": digits(year, 4), "{m}": digits(month, 2), "{d}": digits(on, 2)}
    between = form[3]
    text = together(*(cell[form[i : i + 3]] for i in (0, 4, 8)), between=between)
    return text if empty is None else blank(text, empty)


def with_apostrophe(column: Column, where: Mask) -> Column:
    """An apostrophe before the text, as people put it there to keep spreadsheets off."""
    return choose(where, pc.binary_join_element_wise("'", column, ""), column)
