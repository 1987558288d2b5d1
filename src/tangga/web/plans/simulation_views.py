"""Pages of simulations: asking for one, watching it, what came of it and what it rests on."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from markdown_it import MarkdownIt
from markupsafe import Markup

from tangga.errors import UserError
from tangga.web.jinja import language_of
from tangga.web.plans import simulate
from tangga.web.plans.forms import Scenario
from tangga.web.plans.models import Simulation
from tangga.web.viewer import Viewer, needs

SHOWN = 50
IMAGE = re.compile(r'src="([A-Za-z0-9_.-]+\.svg)"')


@needs("simulate")
def simulations(request: HttpRequest) -> HttpResponse:
    """`/simulasi/`: those that were run, and asking for another."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    ready = simulate.scenarios(viewer.language)
    form = Scenario(request.POST or None, viewer=viewer, scenarios=ready)
    words = ""
    if request.method == "POST" and form.is_valid():
        try:
            made = simulate.ask(by=viewer, **_asked(form.cleaned_data, viewer))
            return redirect("simulation", number=made.pk)
        except UserError as wrong:
            words = str(wrong)
    found = Simulation.objects.select_related("by").defer("by__password")[:SHOWN]
    return render(request, "plans/simulations.html", {"form": form, "found": found, "words": words})


def _asked(said: dict[str, Any], viewer: Viewer) -> dict[str, str]:
    if said["scenario"]:
        return {"title": said["title"], "scenario": simulate.text_of(said["scenario"])}
    text = simulate.written(
        said["title"],
        programme=said["programme"],
        decile=said["decile"],
        cap=said["cap"],
        who=viewer.role.label("id") if viewer.role else "",
    )
    return {"title": said["title"], "scenario": text}


@needs("simulate")
def simulation(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/simulasi/<id>/`: where it stands, or what came of it."""
    found = _found(number)
    language = language_of(request)
    report = simulate.result_file(found, f"report.{language}.md")
    context = {
        "found": found,
        "share": _share(found.progress),
        "report": None if report is None else _html(found, report.read_text(encoding="utf-8")),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, f"plans/{'simulation_part' if part else 'simulation'}.html", context)


def _share(progress: dict[str, Any]) -> int | None:
    """Percent of the step at hand, where it says of how many."""
    of = progress.get("of") or 0
    return None if not of else 100 * (progress.get("done") or 0) // of


def _html(found: Simulation, text: str) -> Markup:
    """The report as the engine wrote it; nothing in it is taken for HTML. Its title is the page's,
    so that headings begin one level lower."""
    made = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    made = IMAGE.sub(lambda at: f'src="{reverse("simulation_file", args=[found.pk, at[1]])}"', made)
    # The page allows no style of its own in a tag: columns of numbers are a class.
    made = made.replace(' style="text-align:right"', ' class="number"')
    made = made.replace(' style="text-align:left"', "")
    for level in (3, 2, 1):
        made = made.replace(f"<h{level}>", f"<h{level + 1}>")
        made = made.replace(f"</h{level}>", f"</h{level + 1}>")
    # Drawn by markdown-it without HTML of the text, and changed by words of ours alone.
    return Markup(made)  # nosec B704


@needs("simulate")
@require_POST
def cancel(request: HttpRequest, number: UUID) -> HttpResponse:
    """Ask it to end."""
    simulate.cancel(_found(number), by=request.viewer)  # type: ignore[attr-defined]
    return redirect("simulation", number=number)


@needs("simulate")
def picture(request: HttpRequest, number: UUID, name: str) -> HttpResponseBase:
    """A chart of the results."""
    file = simulate.result_file(_found(number), name)
    if file is None or not name.endswith(".svg"):
        raise Http404
    return FileResponse(file.open("rb"), content_type="image/svg+xml")


def _found(number: UUID) -> Simulation:
    found = Simulation.objects.select_related("by").defer("by__password").filter(pk=number).first()
    if found is None:
        raise Http404
    return found
