"""Finds the header of a table and sets its names against what the descriptor needs."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tangga.engine.descriptor import Descriptor
from tangga.engine.settings import folded
from tangga.errors import BrokenFile

RESERVED = ("_file", "_line")
VALUE = re.compile(r"\d{6}|\d[-/.]\d{1,2}[-/.]\d{2}")
"""What a row holds and no name of a column does: a long number, a day."""
END = re.compile(r"\r(?!\n)|[\x0b\x0c\x85\u2028\u2029]")
"""What somebody's program ends a line with and ours does not: rows may stand behind it."""
NEAR = 0.8


@dataclass(frozen=True)
class Header:
    """The names of a table's columns, made usable, and the row they stand in (1 = first).

    torn: whether a sign stands in them that may be the end of a line.
    """

    names: tuple[str, ...]
    row: int
    torn: bool = False


def key(name: str) -> str:
    """What makes two names the same: case and outer or doubled blanks do not tell them apart.

    (DuckDB tells no columns apart by case either.)
    """
    return " ".join(name.split()).casefold()


def score(names: Iterable[str], needed: Iterable[str]) -> int:
    """How many of the needed columns are among the names, signs and blanks left aside."""
    return len({folded(name) for name in names} & {folded(name) for name in needed})


def best_row(rows: Sequence[Sequence[str]], needed: Iterable[str]) -> int:
    """The index of the row that is most likely the header: the first with most needed names.

    Where no row has any, the first row that is not empty (0 when all are).
    """
    wanted = {folded(name) for name in needed}
    scores = [len({folded(name) for name in row} & wanted) for row in rows]
    if max(scores, default=0):
        return scores.index(max(scores))
    filled = (i for i, row in enumerate(rows) if any(cell.strip() for cell in row))
    return next(filled, 0)


def make_header(cells: Sequence[str], row: int, source: Descriptor, name: str) -> Header:
    """The header as columns of a table: spelled as the descriptor spells them, none twice.

    `No. KK` is the descriptor's `NO_KK` where no other name is nearer. An empty name becomes
    `column_7`; a second `Keterangan` that nobody needs `Keterangan#2`. Raises BrokenFile when a
    column that the descriptor needs is there twice.
    """
    plain = [" ".join(cell.split()) or f"column_{n}" for n, cell in enumerate(cells, start=1)]
    spelled = _spelling(plain, source)
    taken = {key(column): 0 for column in RESERVED}
    names: list[str] = []
    numbers: dict[str, int] = {}
    for place, text in enumerate(plain, start=1):
        column = spelled.get(key(text), text)
        if key(column) not in taken:
            taken[key(column)] = place
            names.append(column)
        elif key(text) in spelled:
            raise _twice(column, taken[key(column)], place, row, name)
        else:
            names.append(_second(text, taken, numbers, place))
    return Header(tuple(names), row, any(END.search(cell) for cell in cells))


def _spelling(plain: Sequence[str], source: Descriptor) -> dict[str, str]:
    """Key of a name in the file -> the descriptor's column that it is."""
    spelled = {key(column): column for column in source.source_columns()}
    there = {key(text) for text in plain}
    absent = {folded(column): column for k, column in spelled.items() if k not in there}
    near = {key(text): absent.get(folded(text)) for text in plain if key(text) not in spelled}
    return spelled | {k: column for k, column in near.items() if column}


def _second(plain: str, taken: dict[str, int], numbers: dict[str, int], place: int) -> str:
    """A name with a number. numbers: key of a name -> the last one given, so that a header of many
    equal names costs no more than one of many others."""
    number = numbers.get(key(plain), 1) + 1
    while key(f"{plain}#{number}") in taken:
        number += 1
    numbers[key(plain)] = number
    taken[key(f"{plain}#{number}")] = place
    return f"{plain}#{number}"


def _twice(column: str, first: int, second: int, row: int, name: str) -> BrokenFile:
    if not first:
        return BrokenFile(f"a column may not be called {column!r}", file=name, line=row)
    return BrokenFile(
        f"duplicate header: columns {first} and {second} are both {column!r}",
        file=name,
        line=row,
        column=column,
        todo="Rename or remove one of them",
    )


def absent(header: Header, source: Descriptor) -> list[str]:
    """The columns that the descriptor needs and this file lacks."""
    there = {key(name) for name in header.names}
    return [column for column in source.source_columns() if key(column) not in there]


def check_columns(
    header: Header, source: Descriptor, name: str, elsewhere: frozenset[str]
) -> list[str]:
    """Notes on columns that this file lacks and may lack: other files of the source have them.

    Raises BrokenFile for a column that no file has, that tells rows apart, or that this file
    seems to spell in another way.
    """
    notes = []
    for column in absent(header, source):
        near = nearest_header(column, header, source)
        may_lack = key(column) in elsewhere and column not in source.identifying_columns()
        if near is not None or not may_lack:
            raise _absent(column, near, header, source, name)
        notes.append(f"no column {column!r} in this file: its values are unknown")
    return notes


def nearest_header(column: str, header: Header, source: Descriptor) -> str | None:
    """The name in the file that looks like this column and that nothing else needs."""
    needed = {key(c) for c in source.source_columns()}
    free = {folded(name): name for name in reversed(header.names) if key(name) not in needed}
    near = difflib.get_close_matches(folded(column), free, n=1, cutoff=NEAR)
    return free[near[0]] if near else None


def _absent(
    column: str, near: str | None, header: Header, source: Descriptor, name: str
) -> BrokenFile:
    """Names of the file are shown only when it surely has a header: else they are somebody's."""
    used_as = source.source_columns()[column]
    if near is not None:
        todo = f"The file has {near!r}: mend {used_as!r} in {source.path.name}"
    elif not score(header.names, source.source_columns()):
        todo = "None of the descriptor's columns is there: has the file a header, on which row?"
    elif header.torn or any(VALUE.search(one) for one in header.names):
        todo = "Rows stand in the line of the header: does each line end as lines do?"
    else:
        free = [n for n in header.names if key(n) not in {key(c) for c in source.source_columns()}]
        todo = f"Other columns of the file: {', '.join(free) or 'none'}"
    return BrokenFile(
        f"column {column!r}, which the descriptor needs for {used_as!r}, is absent",
        file=name,
        line=header.row,
        column=column,
        todo=todo,
    )
