"""The page of a worker's year."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tangga.texts import say
from tangga.web.charts.bars import bar
from tangga.web.journeys.visits import year as years
from tangga.web.journeys.visits.pilar import worked_by
from tangga.web.journeys.visits.tabs import tabs
from tangga.web.journeys.visits.year import GROUPS
from tangga.web.lists.release import held
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs

STATES = (
    *("not_begun", "not_known", "nothing_due", "reached", "behind", "ahead", "on_course"),
    "no_target",
)


@needs("visit")
@require_GET
def year(request: HttpRequest) -> HttpResponse:
    """`/kunjungan/tahun/`: the viewer's own targets of the year, and their pace."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    lines = years.lines(viewer, held(request))
    context = {
        "lines": lines,
        "groups": [(g, [one for one in lines if one.group == g and one.told]) for g in GROUPS],
        "rest": [one for one in lines if not one.told],
        "works": worked_by(viewer),
        "year": today().year,
        "bar": bar,
        "states": {one: say(f"web_visits.pace_{one}", viewer.language) for one in STATES},
        "visit_tabs": tabs(viewer, "visits_year"),
    }
    return render(request, "visits/year.html", context)
