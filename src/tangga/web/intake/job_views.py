"""The pages of jobs: start, progress, result, and the quarantine to repair."""

from __future__ import annotations

import tempfile
import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from tangga.errors import UserError
from tangga.texts import catalogue, say
from tangga.web.audit.actions import record
from tangga.web.intake import actions, engine, queries, storage, workspace
from tangga.web.intake.blame import blamed
from tangga.web.intake.models import Job
from tangga.web.intake.work.run_all import STAGES
from tangga.web.pack import pack
from tangga.web.viewer import needs

SHORTEST_REASON, LONGEST_REASON = 5, 300
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATIENCE = 120
MOST_PROBLEMS = 12


@needs("jobs")
def process(request: HttpRequest) -> HttpResponse:
    """Process all files of the workspace; who only looks, looks at the uploads."""
    if request.method != "POST":
        return redirect("uploads")
    if not actions.may_place(request.viewer):
        request.viewer.require("no such verb")
    actions.find_interrupted()
    said = request.POST.get("per", "")
    try:
        day = date.fromisoformat(said) if said else None
        job = actions.start(Job.RUN, by=request.viewer, as_of=day)
    except ValueError:
        messages.error(request, _say(request, "day_needed"))
        return redirect("uploads")
    except UserError:
        messages.warning(request, _say(request, "run_already"))
        running = next((one for one in queries.runs() if one.active), None)
        return redirect("job", running.id) if running else redirect("uploads")
    return redirect("job", job.id)


@needs("jobs")
def job(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """A job: where it stands, or what came of it."""
    found = queries.job(number)
    if found.state == Job.RUNNING and actions.find_interrupted():
        found = queries.job(number)
    template = "intake/standing.html" if request.headers.get("HX-Request") else "intake/job.html"
    return render(request, template, _shown(request, found))


def _shown(request: HttpRequest, found: Job) -> dict[str, Any]:
    stage = found.progress.get("stage", "")
    at = STAGES.index(stage) if stage in STAGES else 0 if found.state == Job.RUNNING else -1
    return {
        "job": found,
        "log": str(storage.jobs_folder(found.id) / "log.txt"),
        "stages": [(name, _standing(found, at, n)) for n, name in enumerate(STAGES)],
        "share": _share(found.progress, at),
        "waited": (found.ended or timezone.now()) - found.at,
        "results": _results(found, request.viewer.language),
        "load": found.report.get("load") or {},
        "may_run": actions.may_place(request.viewer),
        "blamed": blamed(found, request.viewer.language),
        "is_run": found.kind == Job.RUN,
    }


def _standing(found: Job, at: int, number: int) -> str:
    if found.state == Job.DONE or number < at:
        return "done"
    return "now" if number == at and found.active else "later"


def _share(progress: dict[str, Any], at: int) -> int:
    """How much is done, in hundredths; each stage counts alike."""
    if at < 0:
        return 0
    of = progress.get("of") or 1
    part = min(progress.get("done", 0) / of, 1.0)
    return int(100 * (at + part) / len(STAGES))


def _results(found: Job, language: Any) -> list[dict[str, Any]]:
    """Each source with its counts, and what is wrong in words."""
    return [
        {
            "name": name,
            **one,
            "whole": one["rows_in"] == one["accepted"] + one["quarantined"],
            "held": [_worded(each, name, language) for each in one["quarantine"]],
            "wrong": [_worded(each, name, language) for each in one["problems"][:MOST_PROBLEMS]],
        }
        for name, one in found.report.get("sources", {}).items()
    ]


def _worded(each: dict[str, Any], source: str, language: Any) -> dict[str, Any]:
    key = f"problem.{each['problem']}"
    words = say(key, language) if key in catalogue() else each["problem"].replace("_", " ")
    return {**each, "words": words, "label": _label(source, each.get("field"), language)}


def _label(source: str, field: str | None, language: Any) -> str:
    kind = workspace.sources().get(source, {}).get("kind", "")
    try:
        column = pack().table_of(kind).columns.get(field or "")
    except KeyError:
        column = None
    if column is None:
        return field or ""
    return column.label_id if language == "id" else column.label_en


@needs("jobs")
@require_POST
def cancel(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Ask a job to end."""
    found = queries.job(number)
    if not actions.may_place(request.viewer) and found.by_id != request.viewer.user.pk:
        request.viewer.require("no such verb")
    actions.cancel(found, by=request.viewer)
    return redirect("job", found.id)


@dataclass(frozen=True)
class Taken:
    """Rows of a source that may be taken away as a workbook. count: how many, in a job's report."""

    count: str
    event: str
    file: str
    texts: str
    options: tuple[str, ...] = ()


QUARANTINE = Taken("open", "quarantine_taken", "perbaikan", "quarantine")
UNIDENTIFIED = Taken(
    "unidentified", "unidentified_taken", "tak_dikenal", "unidentified", ("--unknown",)
)


@needs("jobs", fresh=True)
def quarantine(request: HttpRequest, number: uuid.UUID, source: str) -> HttpResponse:
    """The rows of a source that could not stand, whole, to repair: with a reason, and noted."""
    return _take(request, number, source, QUARANTINE)


@needs("jobs", fresh=True)
def unidentified(request: HttpRequest, number: uuid.UUID, source: str) -> HttpResponse:
    """The rows of a source about people whom the register does not have: likewise."""
    return _take(request, number, source, UNIDENTIFIED)


def _take(request: HttpRequest, number: uuid.UUID, source: str, what: Taken) -> HttpResponse:
    found = queries.job(number)
    if not actions.may_place(request.viewer):
        request.viewer.require("no such verb")
    rows = found.report.get("sources", {}).get(source, {}).get(what.count)
    if not rows:
        raise Http404
    shown = {"job": found, "source": source, "rows": rows, "texts": what.texts}
    shown |= {"error": "", "reason": ""}
    if request.method == "POST":
        reason = " ".join(request.POST.get("alasan", "").split())[:LONGEST_REASON]
        if len(reason) >= SHORTEST_REASON:
            return _book(request, found, source, what, reason)
        shown |= {"error": _say(request, "reason_needed"), "reason": reason}
    return render(request, "intake/quarantine.html", shown)


def _book(request: HttpRequest, found: Job, source: str, what: Taken, reason: str) -> HttpResponse:
    mark = f"{request.viewer.user.username}, {timezone.localtime():%Y-%m-%d %H:%M}: {reason}"
    with tempfile.TemporaryDirectory(dir=storage.jobs_folder(found.id)) as folder:
        to, log = Path(folder) / "rows.xlsx", Path(folder) / "log.txt"
        where = workspace.required()
        asked = ["quarantine", where, "--source", source, "--to", to, "--mark", mark]
        ended = engine.run([*asked, *what.options], log, seconds=PATIENCE)
        if not ended.good or not to.is_file():
            messages.error(request, ended.words or _say(request, "no_book"))
            return redirect("job", found.id)
        content = to.read_bytes()
    rows = found.report["sources"][source][what.count]
    about = {"source": source, "rows": rows, "job": str(found.id)}
    record(what.event, by=request.viewer, reason=reason, about=about)
    response = HttpResponse(content, content_type=XLSX)
    name = f"{what.file}_{source}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _say(request: HttpRequest, key: str, **values: object) -> str:
    return say(f"web_intake.{key}", request.viewer.language, **values)
