"""The pictures of a dashboard: the ladder, the clock, the areas inside."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from markupsafe import Markup

from tangga import texts
from tangga.errors import UserError
from tangga.texts import Language
from tangga.web.charts.boundaries import Shapes, shapes_of
from tangga.web.charts.choropleth import choropleth, shade
from tangga.web.charts.clock import Band, clock
from tangga.web.charts.ladder import Rung, ladder
from tangga.web.charts.svg import Said
from tangga.web.charts.tiles import Place, tiles
from tangga.web.dashboard.numbers import Number, Numbers
from tangga.web.dashboard.words import in_order, label
from tangga.web.lists.bands import bands
from tangga.web.lists.definitions import UNKNOWN

ASIDE = ("rehabilitation", "watch")
"""Rungs that are no step upwards: rehabilitation is the case team's, watch stands beside."""

CAP_BANDS = 12
"""The months before the limit in which a family approaches it."""


class Words(NamedTuple):
    """In which language, and of which day's policy."""

    language: Language
    day: date

    def say(self, key: str, **values: object) -> str:
        return texts.say(f"web_dashboard.{key}", self.language, **values)

    def code(self, codes: str, key: str) -> str:
        return label(codes, key, self.language, self.day)

    def amount(self, value: float, unit: str) -> str:
        """A survey's figure in its unit: two digits of a percentage, whole people."""
        if unit == "percent":
            return f"{texts.decimal(value, self.language)} %"
        return texts.number(round(value), self.language)

    def when(self, row: Mapping[str, Any]) -> str:
        """The month of a survey, or its year where the month is not said."""
        if row["survey_month"] is None:
            return str(row["year"])
        return texts.month(row["year"] * 12 + row["survey_month"] - 1, self.language)

    def number(self, number: Number) -> str:
        """A number as it is shown: hidden and unknown are words, never zero."""
        if number.hidden:
            return self.say("rehabilitation_hidden")
        if number.value is None:
            return texts.say("web.unknown", self.language)
        return texts.number(number.value, self.language)


def ladder_of(numbers: Numbers, words: Words) -> Markup:
    """The steps upwards, and who stands on none."""
    steps = [code for code in in_order("rung") if code not in ASIDE]
    counted = {code: numbers("families_by_rung", code) for code in steps}
    most = max((number.value or 0 for number in counted.values()), default=0) or 1
    rungs = [
        Rung(words.code("rung", code), words.number(one), (one.value or 0) / most, one.to)
        for code, one in counted.items()
    ]
    on_none = numbers("families_by_rung", UNKNOWN)
    ground = Rung(words.say("ground"), words.number(on_none), 0.0, on_none.to)
    told = ", ".join(f"{rung.label} {rung.number}" for rung in rungs)
    said = Said(words.say("ladder"), words.say("ladder_text", rungs=told, ground=ground.number))
    return ladder(said, rungs, ground)


def clock_of(numbers: Numbers, words: Words) -> Markup:
    """Families by months of support, in the bands of the pack."""
    found = bands("clock", words.day)
    last = max((band["from"] for band in found), default=0)
    drawn = []
    for band in found:
        number = numbers("clock_by_months", band["id"])
        near = "near" if band["below"] is not None and last - band["from"] <= CAP_BANDS else ""
        drawn.append(
            Band(
                label=band["labels"][words.language],
                axis=_axis(band),
                value=number.value or 0,
                number=words.number(number),
                to=number.to,
                tone="past" if band["below"] is None else near,
            )
        )
    told = ", ".join(f"{band.label} {band.number}" for band in drawn)
    return clock(Said(words.say("clock"), words.say("clock_text", bands=told)), drawn)


def _axis(band: Mapping[str, object]) -> str:
    low, below = int(str(band["from"])), band["below"]
    return f"{low}+" if below is None else f"{low}\u2013{int(str(below)) - 1}"


class Drawn(NamedTuple):
    """A picture of areas. is_map: by boundaries; most: the largest number, in words."""

    svg: Markup
    is_map: bool
    most: str


def places_of(
    numbers: Mapping[str, Number],
    name_of: Callable[[str], str],
    to: Callable[[str], str],
    figure: str,
    words: Words,
    absent: Sequence[str] = (),
) -> Drawn | None:
    """The areas by a figure: in their boundaries where the user gave some, else as circles.

    absent: areas without any family of the register, drawn only where there are boundaries.
    """
    known = [one.value for one in numbers.values() if one.value is not None]
    largest = max(known, default=0)
    places = [
        Place(
            code=code,
            name=name_of(code),
            value=number.value,
            number=words.number(number),
            step=shade(number.value or 0, largest),
            to=to(code),
        )
        for code, number in numbers.items()
    ]
    if not places:
        return None
    most = texts.number(largest, words.language)
    shapes = _shapes([*numbers, *absent])
    if shapes is not None:
        none = words.say("no_families")
        places += [Place(code, name_of(code), None, none) for code in absent]
        said = Said(words.say("places_map", figure=figure), words.say("places_map_text"))
        return Drawn(choropleth(said, places, shapes), True, most)
    return Drawn(tiles(places), False, most)


def _shapes(codes: Sequence[str]) -> Shapes | None:
    """None where there is no file, and where it cannot be read: the page then has its circles."""
    try:
        return shapes_of(boundaries(), codes)
    except UserError as error:
        logging.getLogger(__name__).warning("boundaries: %s", error)
        return None


def boundaries() -> Path | None:
    """The file of boundaries that the office has given."""
    return Path(settings.ENV.boundaries) if settings.ENV.boundaries else None
