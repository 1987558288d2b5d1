"""A list as a request opens it: may the viewer, which area, which rows in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse

from tangga.web.dashboard.places import area_of
from tangga.web.lists import cursor
from tangga.web.lists.columns import Layout, Shown, layout
from tangga.web.lists.definitions import Definition, definitions
from tangga.web.lists.filters import Chosen, chosen
from tangga.web.lists.fitting import fills, fitted
from tangga.web.lists.order import Key, keys
from tangga.web.lists.release import Held, held
from tangga.web.lists.rows_of import Row, Wanted
from tangga.web.register.made import INDEX
from tangga.web.viewer import Viewer

UP, DOWN = "naik", "turun"
AREA, EXACT, SORT, WAY, FROM = "wilayah", "tepat", "urutan", "arah", "dari"
NOTHING: Mapping[str, str | None] = MappingProxyType({})
LENGTHS = (2, 4, 6, 10)
"""Digits of codes of areas, the widest first."""


@dataclass(frozen=True)
class Opened:
    """A list in front of a viewer. wanted: None where the release lacks its table.

    sort: the column that the viewer sorts by, None for the list's own order.
    """

    definition: Definition
    viewer: Viewer
    release: Held
    area: str
    exact: bool
    layout: Layout
    chosen: Chosen
    sort: Shown | None
    down: bool
    wanted: Wanted | None

    @property
    def params(self) -> dict[str, str]:
        """What the address says, without the page."""
        own = self.viewer.area or ""
        said = {AREA: self.area} if self.area != own else {}
        said |= {EXACT: "1"} if self.exact else {}
        said |= self.chosen.params
        if self.sort is not None:
            said |= {SORT: self.sort.name, WAY: DOWN if self.down else UP}
        return said

    def address(self, changed: Mapping[str, str | None] = NOTHING, *, page: str = "list") -> str:
        """The list's page with some of the address changed; None takes a part away.

        page: the name of another page of the same list.
        """
        both = {**self.params, **changed}
        said = {key: value for key, value in both.items() if value is not None}
        if AREA in said and said[AREA] == (self.viewer.area or ""):
            del said[AREA]
        query = urlencode(said)
        url = reverse(page, args=[self.definition.name])
        return f"{url}?{query}" if query else url

    @property
    def about(self) -> Mapping[str, object]:
        """For what a mark in the address is good."""
        release = {"release": self.release.number, "list": self.definition.name}
        return {**release, "area": self.area, **self.params}

    def mark(self, row: Row, page: int, *, back: bool = False) -> str:
        """The address of the page behind (before) a row."""
        written = cursor.write(cursor.Mark(row.place, page, back), self.about)
        return self.address({FROM: written})

    @property
    def digits(self) -> int:
        """Digits of the areas just inside this one."""
        return next((n for n in LENGTHS if n > len(self.area)), LENGTHS[-1])


def may_open(definition: Definition, viewer: Viewer) -> bool:
    """Whether a list is open to the viewer: cases to the case team, and a list whose rows tell
    something of a class of columns to nobody to whom that class is hidden."""
    if definition.case:
        return viewer.may("lists") and viewer.may("case")
    if viewer.cases_only:
        return False
    return viewer.may("lists") and viewer.sight(definition.sees) != "hidden"


def definition_of(name: str, viewer: Viewer) -> Definition:
    """The list of that name; Http404 for none, PermissionDenied where it is closed."""
    viewer.require("lists")
    definition = definitions().get(name)
    if definition is None:
        raise Http404("no such list")
    if not may_open(definition, viewer):
        raise PermissionDenied("lists")
    return definition


def open_list(request: HttpRequest, name: str) -> Opened:
    """The list that a request asks for. Http404, PermissionDenied or BadRequest (sort, filter)."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    whole = definition_of(name, viewer)
    release = held(request)
    asked = request.GET
    area = area_of(viewer, asked.get(AREA))
    seen = layout(whole, viewer, release)
    family = ("t" if whole.table == INDEX else "f") if seen.family else ""
    there, definition = fills(whole, release.has), fitted(whole, release.has)
    if there and any(asked.get(one) for one in whole.filters.keys() - definition.filters.keys()):
        # A filter that the release cannot apply: the whole list would be taken for a part of it.
        raise BadRequest("filter")
    narrowed = chosen(definition, asked, viewer, release, family) if there else Chosen(())
    exact = asked.get(EXACT) == "1"
    sort, down = _sort(seen, asked.get(SORT, ""), asked.get(WAY, ""))
    order = _order(definition, sort, down)
    wanted = Wanted(definition, seen, area, narrowed, order, exact, _names(seen)) if there else None
    return Opened(definition, viewer, release, area, exact, seen, narrowed, sort, down, wanted)


def _sort(seen: Layout, name: str, way: str) -> tuple[Shown | None, bool]:
    """The column to sort by and whether downwards; BadRequest for one that cannot be."""
    if way not in ("", UP, DOWN):
        raise BadRequest("sort")
    column = seen.named(name) if name else None
    if name and (column is None or not sortable(column)):
        raise BadRequest("sort")
    return column, way == DOWN


def sortable(column: Shown) -> bool:
    """A masked column's order would tell what the mask hides."""
    return not column.way and column.kind != "sealed"


def _order(definition: Definition, sort: Shown | None, down: bool) -> tuple[Key, ...]:
    """The order asked for; else by area, then as the definition says."""
    if sort is not None:
        return (Key(sort.sql, down),)
    own = keys(definition.sort) if definition.sort else ()
    return (Key("t.area"), *own)


def _names(seen: Layout) -> tuple[Key, ...]:
    """The names in a list, as far as the viewer may order by them."""
    names = (seen.named("name"), seen.named("head_name"))
    return tuple(Key(one.sql) for one in names if one is not None and sortable(one))


def sort_link(opened: Opened, column: Shown) -> tuple[str, str]:
    """Where the head of a column leads, and how the list is sorted by it now."""
    by_it = opened.sort is not None and opened.sort.name == column.name
    way = UP if by_it and opened.down else DOWN if by_it else UP
    state = "" if not by_it else "descending" if opened.down else "ascending"
    return opened.address({SORT: column.name, WAY: way}), state
