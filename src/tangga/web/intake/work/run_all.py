"""Processing: a full run of the workspace, and its release into the service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from tangga.errors import UserError
from tangga.web.database.outage import outage
from tangga.web.intake import engine, storage, workspace
from tangga.web.intake.models import Job
from tangga.web.intake.work.state import EngineFailed, alive, place_of, sound, tell, telling
from tangga.web.register.commands import approve_release, load_release

STAGES = ("ingest", "standardise", "link", "resolve", "rank", "plan", "publish", "load")
"""In order, as the engine names them; `load` is ours."""
THE_SERVICE = "(tangga)"
"""Who approves in a demonstration, where nobody's real data is shown."""


def do(job: Job) -> dict[str, Any]:
    """Run, count, load; what a page needs of it, in counts."""
    where, folder = workspace.required(), storage.jobs_folder(job.id)
    steps = folder / "progress.jsonl"
    options: list[str | Path] = ["--full", "--report", folder / "report.json", "--progress", steps]
    if job.as_of is not None:
        options += ["--as-of", job.as_of.isoformat()]
    look = telling(job, lambda: engine.last_line(steps))
    sound(engine.run(["run", where, *options], folder / "log.txt", look=look))
    report = _counts(where, folder)
    return {**report, "load": _load(job, where, report)}


def _counts(where: Path, folder: Path) -> dict[str, Any]:
    answer = folder / "sources.json"
    sound(engine.run(["sources", where, "--json"], folder / "sources.txt", answer=answer))
    found = engine.read_json(answer)
    if not found:
        raise EngineFailed("tangga sources said nothing")
    return found


def _load(job: Job, where: Path, report: dict[str, Any]) -> dict[str, Any]:
    """The release into the service; what is wrong with it leaves the run as it is, and is said."""
    published = report.get("published") or {}
    if not published:
        return {"state": "unpublished"}
    release = where / "runs" / report["run"] / published["folder"]
    tell(job, {"stage": "load", "step": "load", "done": 0, "of": 1})
    try:
        with alive(job):
            entry = load_release(release, by=job.by.username, progress=_progress(job))
        if settings.ENV.demo:
            entry = approve_release(entry.number, by=THE_SERVICE)
    except UserError as wrong:
        return {"state": "refused", "words": str(wrong)}
    except Exception as wrong:
        # The run is good and stays; of an error that nobody foresaw only kind and place are told.
        return {"state": "refused", "words": str(outage(wrong) or place_of(wrong))}
    return {"state": entry.state, "number": entry.number, "release": entry.release}


def _progress(job: Job) -> Any:
    def report(step: str, done: int, of: int) -> None:
        tell(job, {"stage": "load", "step": step, "done": done, "of": of})

    return report
