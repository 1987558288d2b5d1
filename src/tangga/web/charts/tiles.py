"""Areas as circles in the order of their codes, sized by a value: where no boundaries are known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from tangga.web.charts.svg import Said, element, link, picture, rectangle, words

CELL, FOOT, WIDTH = 112.0, 34.0, 680.0
LARGEST, SMALLEST, SIGNS = 42.0, 3.0, 17


class Place(NamedTuple):
    """An area: value None is not known (or not shown); step: 0 to 4, the shade of its class."""

    code: str
    name: str
    value: float | None
    number: str
    step: int = 0
    to: str = ""


def tiles(said: Said, places: Sequence[Place], *, across: int = 6) -> Markup:
    """A circle an area; its surface, not its width, follows the value."""
    across = max(1, min(across, len(places)))
    most = max((place.value or 0 for place in places), default=0) or 1
    rows = math.ceil(len(places) / across)
    drawn = [
        _place(place, (at % across) * CELL, (at // across) * (CELL + FOOT), most)
        for at, place in enumerate(places)
    ]
    return picture("tiles", said, across * CELL, rows * (CELL + FOOT), *drawn)


def _place(place: Place, x: float, y: float, most: float) -> Markup:
    middle, centre = x + CELL / 2, y + CELL / 2
    if place.value is None:
        circle = element("circle", cx=middle, cy=centre, r=14.0, class_="none")
    else:
        size = max(LARGEST * math.sqrt(place.value / most), SMALLEST)
        circle = element("circle", cx=middle, cy=centre, r=size, class_=f"shade-{place.step}")
    return link(
        place.to,
        element("title", f"{place.name}: {place.number}"),
        rectangle(x + 2, y + 2, CELL - 4, CELL + FOOT - 4, "hit", rx=8.0),
        circle,
        words(middle, y + CELL + 8, short(place.name), "name tiny", "middle"),
        words(middle, y + CELL + 26, place.number, "number tiny", "middle"),
        label=f"{place.name}: {place.number}",
        class_="step",
    )


def short(name: str, most: int = SIGNS) -> str:
    """A name that fits under its circle; whole in the table and in its title."""
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
