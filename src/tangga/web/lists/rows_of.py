"""The rows of a list: in an area, through filters, in an order; one page of them, or all.

wanted = Wanted(definition, layout, area, chosen, order)
wanted.parts(6)          # how many rows in each district: their sum is the total
wanted.page(place)       # one page, behind a row
wanted.each()            # all rows, a few at a time in memory
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tangga.web.database.rows import one, rows
from tangga.web.database.scope import FIRST, LAST
from tangga.web.lists.columns import Layout
from tangga.web.lists.definitions import Definition
from tangga.web.lists.filters import Chosen
from tangga.web.lists.order import ROW, Key, behind, order_by, total

PAGE = 50
MOST_BY_NAME = 20_000
AT_ONCE = 2000
"""Rows that an export holds at a time."""


@dataclass(frozen=True)
class Row:
    """One row: its place in its table, its family, and a value for each column of the layout."""

    place: str
    family: str | None
    area: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Wanted:
    """Rows of one list. exact: of the area itself, not of those below.

    names: by what rows that agree in the order are told apart for a reader; the names may stand in
    another table, so that they cost a join of all rows.
    """

    definition: Definition
    layout: Layout
    area: str
    chosen: Chosen
    order: tuple[Key, ...]
    exact: bool = False
    names: tuple[Key, ...] = ()

    def parts(self, digits: int) -> list[tuple[str, int]]:
        """How many rows in each area of so many digits; shorter codes stand for themselves."""
        text, params = self.question(digits)
        return [(str(row["part"]), int(row["many"])) for row in rows(text, params)]

    def question(self, digits: int) -> tuple[str, tuple[Any, ...]]:
        """What `parts` asks the database."""
        text, params = self._from()
        part = f"SELECT left(t.area, {int(digits)}) AS part, count(*) AS many {text}"
        return f"{part} GROUP BY 1 ORDER BY 1", tuple(params)

    def page(
        self, place: str = "", back: bool = False, *, many: int = 0
    ) -> tuple[list[Row], bool] | None:
        """Rows behind a row (back: before it), and whether there are more that way.

        None where that row is not in this list any more, or never was. many: how many rows the
        list has; a long one is not ordered by names.
        """
        order = total(self.order if many > MOST_BY_NAME else (*self.order, *self.names))
        way = tuple(key.back for key in order) if back else order
        conditions: list[str] = []
        params: list[Any] = []
        if place:
            values = self._keys_of(place, order)
            if values is None:
                return None
            text, params = behind(way, values)
            conditions = [text]
        found = self._first(conditions, params, order_by(way))
        kept = [self._row(one) for one in found[:PAGE]]
        return (kept[::-1] if back else kept), len(found) > PAGE

    def each(self) -> Iterator[Row]:
        """All rows in order, read a few at a time within this transaction."""
        text, params = self._select([], [])
        with connection.chunked_cursor() as cursor:
            cursor.itersize = AT_ONCE
            cursor.execute(f"{text} {order_by(total((*self.order, *self.names)))}", params)
            while batch := cursor.fetchmany(AT_ONCE):
                names = [column.name for column in cursor.description]
                yield from (self._row(dict(zip(names, row, strict=True))) for row in batch)

    def _first(self, conditions: Sequence[str], params: Sequence[Any], order: str) -> list[Any]:
        """The rows of a page and one more. Chosen first: names are then joined to these alone."""
        text, asked = self._from(conditions, params)
        these = f"{ROW} = ANY(ARRAY(SELECT {ROW} {text} {order} LIMIT {PAGE + 1}))"
        text, params = self._select([these], asked)
        return rows(f"{text} {order}", params)

    def _keys_of(self, place: str, order: Sequence[Key]) -> list[Any] | None:
        """The values of a row by which it is ordered."""
        listed = ", ".join(f"{key.sql} AS k{n}" for n, key in enumerate(order))
        text, params = self._from([f"{ROW} = %s::tid"], [place])
        found = one(f"SELECT {listed} {text}", params)
        return list(found.values()) if found else None

    def _select(self, conditions: Sequence[str], params: Sequence[Any]) -> tuple[str, list[Any]]:
        listed = [f"{ROW}::text AS row_place", "t.area AS row_area"]
        listed.append(f"{self.layout.family or 'NULL'} AS row_family")
        listed += [f"{one.sql} AS c{n}" for n, one in enumerate(self.layout.columns)]
        text, all_params = self._from(conditions, params)
        return f"SELECT {', '.join(listed)} {text}", all_params

    def _from(
        self, conditions: Sequence[str] = (), params: Sequence[Any] = ()
    ) -> tuple[str, list[Any]]:
        """FROM ... WHERE ... with its parameters."""
        of = self.definition
        known = [f"({of.where})"] if of.where else []
        asked: list[Any] = []
        for text, values in (*self._in_area(), *self.chosen.conditions):
            known.append(f"({text})")
            asked += values
        known += conditions
        text = f"FROM {of.table} AS t {of.join} {self.layout.joins}"
        if known:
            text += f" WHERE {' AND '.join(known)}"
        return text, [*asked, *params]

    def _in_area(self) -> list[tuple[str, list[Any]]]:
        if self.exact:
            return [("t.area = %s", [self.area or FIRST])]
        if not self.area:
            return []
        return [("t.area >= %s AND t.area < %s", [self.area, f"{self.area}{LAST}"])]

    def _row(self, row: dict[str, Any]) -> Row:
        values = tuple(row[f"c{n}"] for n in range(len(self.layout.columns)))
        return Row(row["row_place"], row["row_family"], row["row_area"], values)
