"""The ladder as a picture: each rung with how many families stand on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from tangga.web.charts.svg import Said, link, picture, rectangle, words

WIDTH, STEP, FOOT = 340.0, 62.0, 66.0
LEFT, RIGHT = 26.0, 314.0


class Rung(NamedTuple):
    """label, number in words, share of the fullest rung (0 to 1), the list that it leads to."""

    label: str
    number: str
    share: float
    to: str = ""


def ladder(said: Said, rungs: Sequence[Rung], ground: Rung) -> Markup:
    """rungs: from the lowest to the highest; ground: who stands on no rung."""
    height = STEP * len(rungs) + FOOT + 10
    rails = [rectangle(x, 4.0, 8.0, height - FOOT + 6, "rail", rx=4.0) for x in (LEFT - 8, RIGHT)]
    drawn = [
        _rung(rung, height - FOOT - STEP * (at + 1) + 8, at + 1) for at, rung in enumerate(rungs)
    ]
    # From the top down, as one reads and as the tabulator goes.
    return picture("ladder", said, WIDTH, height, *rails, *reversed(drawn), _ground(ground, height))


def _rung(rung: Rung, y: float, at: int) -> Markup:
    inner = RIGHT - LEFT
    return link(
        rung.to,
        rectangle(LEFT, y, inner, STEP - 12, "hit"),
        rectangle(LEFT, y + STEP - 22, inner, 10.0, "rung"),
        rectangle(LEFT, y + STEP - 22, max(inner * rung.share, 2.0), 10.0, f"rung-full step-{at}"),
        words(LEFT + 10, y + 29, rung.label, "name"),
        words(RIGHT - 10, y + 30, rung.number, "number", "end"),
        label=f"{rung.label}: {rung.number}",
        class_="step",
    )


def _ground(ground: Rung, height: float) -> Markup:
    y = height - FOOT + 12
    return link(
        ground.to,
        rectangle(0.0, y, WIDTH, FOOT - 14, "ground", rx=6.0),
        words(14.0, y + 32, ground.label, "name small"),
        words(WIDTH - 14, y + 33, ground.number, "number small", "end"),
        label=f"{ground.label}: {ground.number}",
        class_="step",
    )
