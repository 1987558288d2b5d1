"""Pages for everybody about nobody in particular: open numbers, and the rules in plain words."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tangga.web.jinja import language_of
from tangga.web.pack import area_name
from tangga.web.public import open_data
from tangga.web.public.narrow import NOBODY, opened
from tangga.web.public.rules import rules
from tangga.web.today import today
from tangga.web.viewer import for_anyone

LEVELS = (0, 2, 4, 6, 10)


@for_anyone
@require_safe
def numbers(request: HttpRequest, code: str = "") -> HttpResponse:
    """`/terbuka/` and `/terbuka/<code>/`: the published tables of an area, and those inside it."""
    area, release, language = code, request.release, language_of(request)
    if release is None or not open_data.has_any(release["number"]):
        return render(request, "public/open_none.html")
    with opened(NOBODY, request.viewer):
        about = open_data.about()
        files = open_data.files(language)
        tables = open_data.tables(area, files, language, release["as_of"])
        below = open_data.below(area)
    if about is None:
        return render(request, "public/open_none.html")
    if area and not tables:
        raise Http404
    above = [area[:digits] for digits in LEVELS if digits < len(area)]
    way = [(code, area_name(code, language)) for code in above]
    shown = {"area": area, "way": way, "tables": tables, "below": below, "about": about}
    return render(
        request,
        "public/open.html",
        shown | {"files": files, "as_of": release["as_of"]},
    )


@for_anyone
@require_safe
def download(request: HttpRequest, name: str) -> HttpResponse:
    """`/terbuka/berkas/NAME.csv`: as it was published, byte for byte."""
    if name == open_data.PACKAGE:
        raise Http404
    return _file(request, name, "csv", "text/csv")


@for_anyone
@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """`/terbuka/berkas/datapackage.json`: what every column of every file means."""
    return _file(request, open_data.PACKAGE, "json", "application/json")


def _file(request: HttpRequest, name: str, ending: str, media: str) -> HttpResponse:
    release = request.release
    if release is None or not open_data.has_any(release["number"]):
        raise Http404
    with opened(NOBODY, request.viewer):
        content = open_data.content(name)
    if content is None:
        raise Http404
    answer = HttpResponse(content.encode(), content_type=f"{media}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return answer


@for_anyone
@require_safe
def plain_rules(request: HttpRequest) -> HttpResponse:
    """`/aturan/`: who decides what, and every programme in a line."""
    found = rules(language_of(request), today())
    return render(request, "public/rules.html", {"rules": found})


@for_anyone
@require_safe
def plain_rule(request: HttpRequest, programme: str) -> HttpResponse:
    """`/aturan/<programme>/`: what it asks now, and what it gives."""
    found = next((one for one in rules(language_of(request), today()) if one.id == programme), None)
    if found is None:
        raise Http404
    return render(request, "public/rule.html", {"rule": found})
