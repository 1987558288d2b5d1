"""The release in force, areas and figures."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest
from ninja import Query

from tangga.registry.areas import Area
from tangga.web.access import level_of
from tangga.web.api import queries
from tangga.web.api.paging import low_and_high
from tangga.web.api.problems import Problem
from tangga.web.api.schemas import AreaCode, AreaOut, FiguresOut, Place, ReleaseOut, Strict
from tangga.web.api.service import api
from tangga.web.database.rows import one, rows
from tangga.web.lists.definitions import figures as defined
from tangga.web.pack import area_name, areas
from tangga.web.register.tables import NATION
from tangga.web.viewer import Viewer


class AskedArea(Strict):
    """Which area."""

    code: AreaCode = ""


class AskedFigures(Strict):
    """Of which area; empty: of the token's own."""

    area: AreaCode = ""


@api.get("/release", response=ReleaseOut, operation_id="release", tags=["release"])
def release(request: HttpRequest) -> dict[str, Any]:
    """Rilis yang berlaku. / The release in force."""
    found = one(queries.RELEASE)
    if found is None:
        raise Problem("unavailable", {"Retry-After": "60"})
    return found | {"as_of": found["as_of"].isoformat()}


@api.get("/areas", response=AreaOut, operation_id="area", tags=["areas"])
def area(request: HttpRequest, asked: Query[AskedArea]) -> dict[str, Any]:
    """Satu wilayah dan wilayah di dalamnya; tanpa kode: wilayah token.

    An area and those right inside it; without a code: the area of the token.
    """
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    low_and_high(viewer, asked.code)
    code = asked.code or viewer.area or ""
    above = [each.code for each in areas().path(code)[1:]]
    if viewer.area == "" and code:
        above.append("")
    return _place(code) | {
        "above": [_place(each) for each in above if viewer.covers(each)],
        "below": [_place(each) for each in _children().get(code, ())],
    }


@api.get("/figures", response=FiguresOut, operation_id="figures", tags=["aggregates"])
def figures(request: HttpRequest, asked: Query[AskedFigures]) -> dict[str, Any]:
    """Angka-angka satu wilayah, sama dengan dasbor. / The figures of an area, as on its dashboard.

    `key` memecah angka menurut isinya. / `key` splits a figure, e.g. by decile; empty: the whole.
    """
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    viewer.require("figures")
    low_and_high(viewer, asked.area)
    code = asked.area or viewer.area or ""
    of = {"area": code or NATION}
    found = {(row["figure"], row["key"]): row["value"] for row in rows(queries.FIGURES, of)}
    if viewer.may("case"):
        whole = rows(queries.FIGURES_CASE, of)
        found |= {(row["figure"], row["key"]): row["value"] for row in whole}
    items = [
        {"figure": figure, "key": key, "value": value, **_counted(figure)}
        for (figure, key), value in sorted(found.items())
    ]
    return {"area": code, "items": items}


def _counted(figure: str) -> dict[str, str | None]:
    """Of which list a figure is."""
    known = defined().get(figure)
    return {"list": None, "sum": None} if known is None else {"list": known.list, "sum": known.sum}


def _place(code: str) -> dict[str, str]:
    return Place(code=code, name=area_name(code), level=level_of(code) or "").dict()


@cache
def _children() -> dict[str, list[str]]:
    """Each area with those right inside it; '' the nation."""
    found: dict[str, list[str]] = {}
    for each in sorted(areas().by_code.values(), key=_code):
        found.setdefault(each.parent, []).append(each.code)
    return found


def _code(area: Area) -> str:
    return area.code
