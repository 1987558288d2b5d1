"""Which areas lie in which, and which of them a viewer may open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from django.http import Http404

from tangga.texts import Language
from tangga.web.pack import NATION, area_name, areas
from tangga.web.register.tables import NATION as NATION_ROW
from tangga.web.viewer import Viewer

COUNTRY = "country"


@cache
def inside() -> Mapping[str, tuple[str, ...]]:
    """Each area (NATION for the country) -> the codes of the areas just inside, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for code, area in areas().by_code.items():
        found[area.parent].append(code)
    return {parent: tuple(sorted(codes)) for parent, codes in found.items()}


def row_of(code: str) -> str:
    """An area as the tables of a release write it: the nation is not an empty text there."""
    return code or NATION_ROW


def level_of(code: str) -> str:
    """country, or the level that the pack gives it."""
    return areas().by_code[code].level if code else COUNTRY


def area_of(viewer: Viewer, code: str | None) -> str:
    """The area asked for (None: the viewer's own). Http404 for one that is not theirs, or is none:
    the same answer, so that it does not tell which."""
    if viewer.area is None:
        raise Http404
    asked = viewer.area if code is None else code
    known = asked == NATION or asked in areas().by_code
    if not known or not asked.startswith(viewer.area):
        raise Http404
    return asked


def way_to(viewer: Viewer, code: str, language: Language) -> list[tuple[str, str | None]]:
    """From the country down to an area: name, and code where the viewer may open it."""
    chain = [NATION, *(one.code for one in reversed(areas().path(code)))]
    return [
        (area_name(one, language), one if one.startswith(viewer.area or "") else None)
        for one in chain
    ]
