"""Cells of open tables, and every sum that a reader can work out between them.

A cell is one measure of one area, in all or for some values of some dimensions. The same cell may
stand in several tables (the families of a village, beside its deciles and beside its rungs): here
it is one, so that what one table says of it is known in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

TOTAL = "total"
"""In a column of a dimension: all of its values together."""

Key = tuple[str, str, tuple[tuple[str, str], ...]]
"""Measure, area, (dimension, value) in order of dimension."""
Row = tuple[str, tuple[str, ...], tuple[str, ...], tuple[int | None, ...]]
"""Area; values of `each`; values (or TOTAL) of `by`; the measures, None where suppressed."""


@dataclass(frozen=True)
class Shape:
    """How a table is built: for each value of `each`, all sums over `by` and over areas.

    measures: names of what is counted. Measures of one name are the same count in every table.
    """

    name: str
    each: tuple[str, ...]
    by: tuple[str, ...]
    measures: tuple[str, ...]


@dataclass
class Cells:
    """All cells that are not known to be zero. values: None where a cell is suppressed.

    sums: (cell of the whole, cells of its parts): each whole is the sum of its parts.
    smaller: (cell, cell): the first is at most the second.
    """

    index: dict[Key, int] = field(default_factory=dict)
    values: list[int | None] = field(default_factory=list)
    sums: list[tuple[int, list[int]]] = field(default_factory=list)
    smaller: list[tuple[int, int]] = field(default_factory=list)
    _keys: list[Key] = field(default_factory=list)

    def keys_at(self, number: int) -> Key:
        """The key of a cell."""
        if len(self._keys) != len(self.index):
            self._keys = list(self.index)
        return self._keys[number]

    def put(self, key: Key, value: int | None) -> int:
        """The number of a cell; ValueError where two tables say different things of it."""
        at = self.index.setdefault(key, len(self.values))
        if at == len(self.values):
            self.values.append(value)
        elif self.values[at] is None or value is None:
            self.values[at] = value if self.values[at] is None else self.values[at]
        elif self.values[at] != value:
            raise ValueError(f"{key} is {self.values[at]} in one table and {value} in another")
        return at


def key_of(shape: Shape, measure: str, area: str, each: Sequence[str], at: Sequence[str]) -> Key:
    """The cell that a value of a table is: totals name no dimension."""
    mark = f"[{','.join(each)}]" if each else ""
    named = (
        (f"{name}{mark}", value) for name, value in zip(shape.by, at, strict=True) if value != TOTAL
    )
    return measure, area, tuple(sorted(named)) or _whole(shape, mark)


def _whole(shape: Shape, mark: str) -> tuple[tuple[str, str], ...]:
    """The total of an area is one cell in all tables, where `by` parts it; else one for `each`."""
    return () if shape.by or not mark else ((f"{shape.name}{mark}", TOTAL),)


def gather(
    tables: Iterable[tuple[Shape, Sequence[Row]]],
    parent: Callable[[str], str | None],
    smaller: Mapping[str, str],
) -> Cells:
    """Every cell of some tables with every sum between them.

    parent: the area above an area. smaller: measure -> a measure that it never exceeds, of the same
    area and values. Rows of zero may be left out: nothing that is not there is anything else.
    """
    cells, found = Cells(), {}
    for shape, rows in tables:
        for row in rows:
            for place, value in enumerate(row[3]):
                if value != 0:
                    _put(cells, found, shape, place, row, parent)
    numbers = cells.index
    cells.sums = [
        (numbers[key], sorted(parts)) for (key, _), parts in found.items() if key in numbers
    ]
    cells.smaller = [
        (at, numbers[wide])
        for key, at in numbers.items()
        if key[0] in smaller and (wide := (smaller[key[0]], *key[1:])) in numbers
    ]
    return cells


def _put(
    cells: Cells,
    found: dict[tuple[Key, str], set[int]],
    shape: Shape,
    place: int,
    row: Row,
    parent: Callable[[str], str | None],
) -> None:
    area, each, at, values = row
    measure = shape.measures[place]
    key = key_of(shape, measure, area, each, at)
    number = cells.put(key, values[place])
    above = parent(area)
    if above is not None:
        found.setdefault((key_of(shape, measure, above, each, at), "area"), set()).add(number)
    for i, value in enumerate(at):
        if value != TOTAL:
            whole = key_of(shape, measure, area, each, (*at[:i], TOTAL, *at[i + 1 :]))
            found.setdefault((whole, f"{shape.by[i]}{each}"), set()).add(number)
