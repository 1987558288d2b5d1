"""Bars inside a table: the number stands beside each, so the bar itself is only for the eye."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup

from tangga.web.charts.svg import element, rectangle

WIDE, HIGH = 100.0, 10.0


class Part(NamedTuple):
    """One part of a bar: how much, and the class of its colour."""

    value: float
    class_: str


def bar(
    parts: Iterable[Part | tuple[float, str]], whole: float, mark: float | None = None
) -> Markup:
    """Parts one after another on a track that is `whole` long; mark: a line across, as a target."""
    return _bar(tuple((value, class_) for value, class_ in parts), whole, mark)


@lru_cache(maxsize=8192)
def _bar(parts: tuple[tuple[float, str], ...], whole: float, mark: float | None) -> Markup:
    """Drawn once for all the tables in which the same numbers stand."""
    drawn = [rectangle(0.0, 0.0, WIDE, HIGH, "track")]
    at = 0.0
    for value, class_ in parts:
        wide = _share(value, whole) * WIDE
        # What is there is seen, however small it is.
        shown = max(wide, 0.8) if value else 0.0
        drawn.append(rectangle(at, 0.0, min(shown, WIDE - at), HIGH, class_))
        at += shown
    if mark is not None:
        drawn.append(rectangle(_share(mark, whole) * (WIDE - 1), -1.0, 1.0, HIGH + 2, "mark"))
    return element(
        "svg",
        *drawn,
        viewBox="0 -1 100 12",
        preserveAspectRatio="none",
        class_="bar",
        aria_hidden="true",
        focusable="false",
    )


def longest(values: Sequence[float | None]) -> float:
    """The length of the track on which all of these fit."""
    return max((value for value in values if value is not None), default=0.0)


def _share(value: float, whole: float) -> float:
    return max(0.0, min(1.0, value / whole)) if whole else 0.0
