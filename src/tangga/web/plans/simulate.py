"""Simulations: asked for on a page, computed by the command in the worker, kept with inputs."""

from __future__ import annotations

import csv
import hashlib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tangga.errors import UserError
from tangga.registry.load import pack_dir
from tangga.web.audit.actions import record
from tangga.web.database.scope import FIRST
from tangga.web.intake import engine, workspace
from tangga.web.intake.work.state import Cancelled, EngineFailed, place_of, sound
from tangga.web.plans.models import Simulation
from tangga.web.viewer import Viewer

FOLDER = "simulations"
SHOWN = (".svg", ".md")
"""Of the results only what holds no family."""


def scenarios(language: str) -> list[tuple[str, str]]:
    """The scenarios that the pack brings along: file name and title."""
    found = []
    for file in sorted((pack_dir(settings.ENV.pack) / "scenarios").glob("*.toml")):
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        found.append((file.stem, str(said.get(f"title_{language}", file.stem))))
    return found


def text_of(name: str) -> str:
    """A scenario of the pack; UserError where there is none of that name."""
    if name not in dict(scenarios("id")):
        raise UserError("no such scenario", value=name)
    file = pack_dir(settings.ENV.pack) / "scenarios" / f"{name}.toml"
    return file.read_text(encoding="utf-8")


def written(title: str, *, programme: str, decile: int | None, cap: int | None, who: str) -> str:
    """A scenario from what a form says, as TOML."""
    lines = [
        'name = "halaman"',
        f"title_id = {_quoted(title)}",
        f"title_en = {_quoted(title)}",
        f"basis = {_quoted('Andaian dari halaman simulasi')}",
        f"source = {_quoted(who)}",
    ]
    if programme:
        lines += ["", "[cutoffs]", f"{programme} = {decile}"]
    if cap is not None:
        lines += ["", "[cap]", f"months = {cap}", "in_force = true"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML: what JSON escapes, TOML escapes alike."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


@transaction.atomic
def ask(*, by: Viewer, title: str, scenario: str) -> Simulation:
    """Put a simulation into the queue. UserError where the service has no workspace."""
    from tangga.web.plans import tasks

    workspace.required()
    made = Simulation.objects.create(
        area=(by.area or FIRST),
        by=by.user,
        title=title,
        scenario=scenario,
        sha256=hashlib.sha256(scenario.encode()).hexdigest(),
    )
    tasks.simulate.defer(simulation=str(made.pk))
    record("simulation_asked", by=by, about={"simulation": str(made.pk), "sha256": made.sha256})
    return made


@transaction.atomic
def cancel(simulation: Simulation, *, by: Viewer) -> None:
    """Ask a simulation to end; one that waits ends at once."""
    found = Simulation.objects.select_for_update().get(pk=simulation.pk)
    if not found.active:
        return
    found.cancel_asked = True
    if found.state == Simulation.QUEUED:
        found.state, found.ended = Simulation.CANCELLED, timezone.now()
    found.save()
    record("simulation_cancelled", by=by, about={"simulation": str(found.pk)})


def folder_of(simulation: Simulation) -> Path:
    """Where its results are kept, private to the service."""
    return Path(settings.ENV.var).resolve() / FOLDER / str(simulation.pk)


def work(number: str) -> None:
    """Do one simulation, whatever becomes of it; by the worker."""
    begun = Simulation.objects.filter(pk=number, state=Simulation.QUEUED).update(
        state=Simulation.RUNNING, seen=timezone.now()
    )
    if not begun:
        return
    found = Simulation.objects.get(pk=number)
    state, words, about = Simulation.DONE, "", {}
    try:
        about = _do(found)
    except Cancelled:
        state = Simulation.CANCELLED
    except UserError as wrong:
        state, words = Simulation.REFUSED, str(wrong)
    except Exception as wrong:
        state, words = Simulation.FAILED, place_of(wrong)
    Simulation.objects.filter(pk=number, state=Simulation.RUNNING).update(
        state=state, words=words, about=about, ended=timezone.now()
    )


def _do(simulation: Simulation) -> dict[str, Any]:
    where, folder = workspace.required(), folder_of(simulation)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    scenario, steps = folder / "scenario.toml", folder / "progress.jsonl"
    scenario.write_text(simulation.scenario, encoding="utf-8")
    options = ["--scenario", scenario, "--out", folder / "results", "--progress", steps]

    def look() -> bool:
        Simulation.objects.filter(pk=simulation.pk).update(
            progress=engine.last_line(steps), seen=timezone.now()
        )
        return not Simulation.objects.filter(pk=simulation.pk, cancel_asked=True).exists()

    sound(engine.run(["simulate", where, *options], folder / "log.txt", look=look))
    manifest = engine.read_json(folder / "results" / "manifest.json")
    if not manifest:
        raise EngineFailed("tangga simulate wrote nothing")
    kept = ("program", "run", "as_of", "policy", "sha256", "facts", "programmes", "files")
    return {name: manifest[name] for name in kept if name in manifest}


def summary(simulation: Simulation) -> list[Mapping[str, str]]:
    """The rows of `summary.csv`: measure, programme, unit, before, after, change."""
    file = folder_of(simulation) / "results" / "summary.csv"
    if not file.is_file():
        return []
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


def result_file(simulation: Simulation, name: str) -> Path | None:
    """A file of the results that may be shown, as the manifest lists it and unchanged."""
    listed: Mapping[str, str] = simulation.about.get("files", {})
    file = folder_of(simulation) / "results" / name
    if name not in listed or not name.endswith(SHOWN) or not file.is_file():
        return None
    if hashlib.sha256(file.read_bytes()).hexdigest() != listed[name]:
        return None
    return file
