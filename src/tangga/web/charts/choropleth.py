"""Areas in their boundaries, shaded by a value."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from tangga.web.charts.boundaries import Shapes
from tangga.web.charts.svg import Said, element, link, picture
from tangga.web.charts.tiles import Place


def choropleth(said: Said, places: Sequence[Place], shapes: Shapes) -> Markup:
    """Those of the places that have a shape; the others stand in the table beside it."""
    drawn = [
        _place(place, shapes.paths[place.code]) for place in places if place.code in shapes.paths
    ]
    return picture("map", said, shapes.width, shapes.height, *drawn)


def _place(place: Place, path: str) -> Markup:
    shade = "none" if place.value is None else f"shade-{place.step}"
    return link(
        place.to,
        element("title", f"{place.name}: {place.number}"),
        element("path", d=path, class_=shade),
        label=f"{place.name}: {place.number}",
        class_="step",
    )


def shade(value: float, largest: float, steps: int = 5) -> int:
    """Which of equal steps from nothing to the largest a value lies in: 0 to steps - 1."""
    return min(int(value / largest * steps), steps - 1) if largest > 0 else 0
