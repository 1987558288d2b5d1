"""Areas as circles in the order of their codes, sized by a value: where no boundaries are known.

A list of links, each with a picture of its own: so it flows in as many columns as a page has room
for, and its words are as large as those around it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from tangga.web.charts.svg import element

SIDE = 100.0
LARGEST, SMALLEST = 47.0, 4.0


class Place(NamedTuple):
    """An area: value None is not known (or not shown); step: 0 to 4, the shade of its class."""

    code: str
    name: str
    value: float | None
    number: str
    step: int = 0
    to: str = ""


def tiles(places: Sequence[Place]) -> Markup:
    """A circle an area; its surface, not its width, follows the value."""
    most = max((place.value or 0 for place in places), default=0) or 1
    return element("ul", *(_place(place, most) for place in places), class_="tiles")


def _place(place: Place, most: float) -> Markup:
    inside = (
        _circle(place.value, most, place.step),
        element("span", place.name, class_="name"),
        element("span", place.number, class_="number"),
    )
    return element("li", element("a", *inside, href=place.to))


def _circle(value: float | None, most: float, step: int) -> Markup:
    if value is None:
        size, shade = LARGEST / 3, "none"
    else:
        size, shade = max(LARGEST * math.sqrt(value / most), SMALLEST), f"shade-{step}"
    return element(
        "svg",
        element("circle", cx=SIDE / 2, cy=SIDE / 2, r=size, class_=shade),
        viewBox=f"0 0 {SIDE:.0f} {SIDE:.0f}",
        aria_hidden="true",
        focusable="false",
    )
