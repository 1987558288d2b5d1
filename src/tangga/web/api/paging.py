"""Which part of the register a request asks about, and where its page begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tangga.web import cursors
from tangga.web.api.problems import Problem
from tangga.web.api.shapes import release_number
from tangga.web.database.scope import Scope
from tangga.web.pack import areas
from tangga.web.viewer import Viewer

BETWEEN = "|"


def low_and_high(viewer: Viewer, area: str) -> tuple[str, str]:
    """The bounds of an area inside the viewer's own; Problem `not_found` for any other.

    '' is the whole area of the viewer. An area of others and one that nobody knows are told alike.
    """
    if area and not (viewer.covers(area) and area in areas().by_code):
        raise Problem("not_found")
    return Scope(area or viewer.area).bounds


@dataclass(frozen=True)
class Question:
    """What a list operation was asked. most: rows or families a page."""

    viewer: Viewer
    operation: str
    area: str
    most: int
    cursor: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def params(self) -> dict[str, Any]:
        """Bounds, place of the page and filters, for a query; Problem for a wrong cursor."""
        low, high = low_and_high(self.viewer, self.area)
        try:
            after = cursors.read(self.cursor, self._bound) or BETWEEN
        except cursors.Unreadable:
            raise Problem("bad_cursor") from None
        after_area, _, after_id = after.partition(BETWEEN)
        place = {"low": low, "high": high, "after_area": after_area, "after_id": after_id}
        return place | {"most": self.most} | dict(self.filters)

    def cursor_behind(self, area: str, key: str) -> str:
        """The cursor of the page behind this row."""
        return cursors.make(f"{area}{BETWEEN}{key}", self._bound)

    @property
    def _bound(self) -> dict[str, Any]:
        post = self.viewer.post
        return {
            "operation": self.operation,
            "area": self.area,
            "filters": dict(self.filters),
            "post": post.id if post else None,
            "release": release_number(),
        }
