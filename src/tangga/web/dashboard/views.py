"""The pages of the areas."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tangga.web.charts.bars import bar
from tangga.web.dashboard.page import Asked, page
from tangga.web.dashboard.places import area_of, way_to
from tangga.web.lists.release import held
from tangga.web.pack import NATION, area_name
from tangga.web.viewer import needs


@needs("figures")
def dashboard(request: HttpRequest) -> HttpResponse:
    """The viewer's own area; `front` leads here who may see figures."""
    return _page(request, None)


@needs("figures")
def nation(request: HttpRequest) -> HttpResponse:
    """The country; Http404 for whoever has a part of it."""
    return _page(request, NATION)


@needs("figures")
def area(request: HttpRequest, code: str) -> HttpResponse:
    """One area; Http404 for one that is not the viewer's, as for one that there is not."""
    return _page(request, code)


def _page(request: HttpRequest, code: str | None) -> HttpResponse:
    viewer = request.viewer
    asked = area_of(viewer, code)
    release = request.release
    if release is None:
        name = area_name(asked, viewer.language)
        way = way_to(viewer, asked, viewer.language)
        return render(request, "dashboard/no_release.html", {"name": name, "way": way})
    known = Asked(
        viewer=viewer,
        area=asked,
        release=held(request),
        picture=request.GET.get("gambar", ""),
        year=request.GET.get("tahun", "")[:4],
    )
    return render(request, "dashboard/area.html", page(known) | {"bar": bar})
