"""The clock of support as a road: how many families in which months, and who has passed its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from tangga.web.charts.svg import Said, element, link, picture, rectangle, words

WIDTH, HIGH, FOOT, TOP = 340.0, 120.0, 34.0, 24.0


class Band(NamedTuple):
    """Families from a month to before another (None: no end); tone: '', 'near' or 'past'."""

    label: str
    axis: str
    value: int
    number: str
    to: str = ""
    tone: str = ""


def clock(said: Said, bands: Sequence[Band]) -> Markup:
    """A column a band, from the first months to those beyond the limit."""
    most = max((band.value for band in bands), default=0) or 1
    wide = WIDTH / max(len(bands), 1)
    drawn = [_column(band, at * wide, wide, most) for at, band in enumerate(bands)]
    base = TOP + HIGH
    road = element("path", d=f"M0 {base:.0f}H{WIDTH:.0f}", class_="axis")
    return picture("clock", said, WIDTH, base + FOOT, road, *drawn)


def _column(band: Band, x: float, wide: float, most: int) -> Markup:
    high = HIGH * band.value / most
    middle = x + wide / 2
    top = TOP + HIGH - high
    return link(
        band.to,
        rectangle(x + 2, 0.0, wide - 4, TOP + HIGH + FOOT, "hit"),
        rectangle(x + 8, top, wide - 16, high, f"column {band.tone}".strip(), rx=3.0),
        words(middle, top - 6, band.number, "number small", "middle"),
        words(middle, TOP + HIGH + 22, band.axis, "axis-label", "middle"),
        label=f"{band.label}: {band.number}",
        class_="step",
    )
