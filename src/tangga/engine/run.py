"""One run: the stages in order, each measured, and a manifest written last."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import tangga
from tangga.engine import adding, ingest, link, plan, publish, rank, resolve, standardise, tables
from tangga.engine.adding.inputs import code, look_at_all, office, papers, with_hashes
from tangga.engine.budget.documents import say_documents
from tangga.engine.capacity.said import say_places
from tangga.engine.check_office import refuse_wrong_office
from tangga.engine.context import Context, silent
from tangga.engine.counts import count_sources
from tangga.engine.current import last_complete
from tangga.engine.engines import LOOP, Engine, notes, opened, said
from tangga.engine.limits import cores, duckdb_limit, parts_for
from tangga.engine.lock import locked
from tangga.engine.manifest import FILE, Manifest, read_manifest
from tangga.engine.measure import Stopwatch
from tangga.engine.plan.said import say_clock, say_policy
from tangga.engine.publish.decided import not_published, take_decided
from tangga.engine.purge import delete, purge_locked, sweep
from tangga.engine.rank.gone import say_releases
from tangga.engine.rank.model import welfare_model
from tangga.engine.rank.rankers import say_rankers
from tangga.engine.rank.said import say_model
from tangga.engine.runner import NARROW
from tangga.engine.schedule import Scheduler
from tangga.engine.shortage import shortage_told
from tangga.engine.targets.said import say_targets
from tangga.engine.workspace import Workspace, load_workspace
from tangga.errors import UserError
from tangga.hashing import sha256
from tangga.texts import LANGUAGES, say

STAGES = ("ingest", "standardise", "link", "resolve", "rank", "plan", "publish")
DECIDING = ("rank", "plan")
"""Stages that look at the register as a whole: made anew by every run."""
LAST = ("plan", "publish")
"""A run that ends with one of these comes into force. Only a full run publishes."""
_RUN = {
    "ingest": ingest.run,
    "standardise": standardise.run,
    "link": link.run,
    "resolve": resolve.run,
    "rank": rank.run,
    "plan": plan.run,
    "publish": publish.run,
}
FINISHING = ".finishing"
"""In `runs`, while a run has a manifest and is not in force yet: the run's name."""
Progress = Callable[[str, int, int], None]


def run_workspace(
    folder: Path | str,
    *,
    full: bool = False,
    until: str | None = None,
    only: str | None = None,
    as_of: date | None = None,
    memory: str | None = None,
    parts: int | None = None,
    threads: int | None = None,
    engine: Engine = LOOP,
    report: Path | None = None,
    progress: Progress = silent,
) -> Manifest:
    """Run a workspace and return the manifest of the new run.

    Where only rows were added since the last complete run, they are added to it (mode `add`), and
    where nothing is new there is no new run: what comes back is the manifest in force, with the
    mode `unchanged`. Otherwise everything is made anew (mode `full`); a note says why.

    full: rebuild even where only rows were added. until, only: a stage; such a run is kept but
    does not come into force unless it reaches `plan`. A full run publishes, a replay does not.
    memory: a limit on the whole process such as `2GB`; it also decides `parts` where that is left
    out. engine: who executes the parts. report: a JSON file.

    Raises UserError for what the user can mend; a run that dies leaves the last one in force.
    """
    _known(until), _known(only)
    # A worker of a cluster does not stand in the folder where the command was typed.
    home = Path(folder).absolute() if engine.name == "spark" else Path(folder)
    workspace = load_workspace(home, as_of=as_of)
    with shortage_told(workspace.runs), locked(workspace.runs):
        cut_off = clear_unfinished(workspace.runs)
        with opened(engine, workspace) as scheduler:
            ctx = _context(workspace, memory, parts, threads, scheduler, progress)
            try:
                manifest = _add(ctx, asked=full, in_part=bool(until or only))
            except adding.Rebuild as why:
                manifest = _make_whole(ctx, until, only, why)
        _say_cut_off(manifest, cut_off)
    if report is not None:
        write_report(manifest, Path(report))
    return manifest


def _add(ctx: Context, *, asked: bool, in_part: bool) -> Manifest:
    """Add what is new to the run in force; Rebuild where that cannot be."""
    if asked or in_part:
        raise adding.Rebuild("asked" if asked else "part")
    manifest = _manifest(ctx, "add")
    changes = adding.decide(ctx, manifest)
    anew = not changes and adding.office_changed(ctx, manifest)
    if not changes and not anew:
        _put_in_force(ctx.workspace.runs, ctx.previous)
        return adding.unchanged(ctx)
    say_policy(ctx, manifest)
    refuse_wrong_office(ctx.workspace)  # what is wrong is said before anything is done
    welfare_model(ctx.workspace)
    if anew:
        adding.take_over(ctx, manifest)
    else:
        adding.add(ctx, manifest, changes)
    for name in DECIDING:
        _stage(ctx, manifest, name)
    _finish(ctx, manifest, complete=True)
    return manifest


def _make_whole(ctx: Context, until: str | None, only: str | None, why: adding.Rebuild) -> Manifest:
    shutil.rmtree(ctx.run_dir, ignore_errors=True)
    manifest = _manifest(ctx, "full")
    manifest.notes.append(why.note())
    manifest.notes += _said_of_the_day(ctx, manifest)
    manifest.on_disk = {} if only else look_at_all(ctx.workspace)
    stages = _asked(until, only, manifest)
    if set(LAST) & set(stages):
        say_policy(ctx, manifest)
        refuse_wrong_office(ctx.workspace)
    if STAGES.index(stages[-1]) >= STAGES.index("rank"):
        welfare_model(ctx.workspace)
    _begin(ctx, manifest, only)
    for name in stages:
        _stage(ctx, manifest, name)
    _finish(ctx, manifest, complete=stages[-1] in LAST)
    return manifest


def _asked(until: str | None, only: str | None, manifest: Manifest) -> tuple[str, ...]:
    """The stages of a full run; a replay decides, and publishes nothing."""
    if only is not None:
        if only == "publish" and manifest.replays:
            raise not_published(manifest, "replay")
        return (only,)
    stages = STAGES[: STAGES.index(until) + 1] if until else STAGES
    return stages[:-1] if stages == STAGES and manifest.replays else stages


def write_report(manifest: Manifest, file: Path) -> None:
    """`--report`: sources, stages, and the hashes of inputs and pack, as JSON."""
    manifest.write(file)


def _known(stage: str | None) -> None:
    if stage is not None and stage not in STAGES:
        raise UserError("no such stage", value=stage, todo=f"Stages: {', '.join(STAGES)}")


def _context(
    workspace: Workspace,
    memory: str | None,
    parts: int | None,
    threads: int | None,
    scheduler: Scheduler | None,
    progress: Progress,
) -> Context:
    memory = memory or workspace.memory
    slots, beside = (scheduler.slots, scheduler.beside) if scheduler else (1, 1)
    size = sum(file.stat().st_size for s in workspace.sources for file in s.files if file.exists())
    previous = _run_before(workspace)
    asked = parts or workspace.options.get("parts")
    return Context(
        workspace=workspace,
        run_dir=workspace.runs / _next_name(workspace.runs),
        previous=previous,
        threads=threads or workspace.options.get("threads") or cores(),
        memory=duckdb_limit(memory),
        parts=asked or parts_for(memory, size, slots, beside),
        measured=not asked,
        scheduler=scheduler,
        progress=progress,
    )


def _run_before(workspace: Workspace) -> Path | None:
    """The run on which a new one rests: that in force, or the one that a replay stands before.

    A replay of an earlier day knows less than the run before it, so its ids and dates are its own:
    nothing that comes after takes them over.
    """
    try:
        current = last_complete(workspace.dir)
    except UserError:
        return None
    manifest = read_manifest(current)
    before = current.parent / (manifest.replays or "") if manifest else current
    return before if manifest and manifest.replays and before.is_dir() else current


def _replays(ctx: Context) -> str | None:
    """The run of a later day that this run, of an earlier one, does not replace."""
    before = read_manifest(ctx.previous) if ctx.previous else None
    later = before is not None and before.as_of > ctx.workspace.as_of.isoformat()
    return before.run if before is not None and later else None


def _said_of_the_day(ctx: Context, manifest: Manifest) -> list[str]:
    """That a run looks back, or ahead of the calendar."""
    day = ctx.workspace.as_of
    key = "replay" if manifest.replays else "future" if day > date.today() else None
    if key is None:
        return []
    words = {"day": day.isoformat(), "run": manifest.replays or ""}
    return [" / ".join(say(f"run.{key}", language, **words) for language in LANGUAGES)]


def _next_name(runs: Path) -> str:
    numbers = [int(f.name) for f in runs.iterdir() if f.is_dir() and f.name.isdigit()]
    return f"{max(numbers, default=0) + 1:05d}"


def clear_unfinished(runs: Path) -> list[str]:
    """Delete the folders of runs that died; their names.

    A run that was asked to stop early has a manifest and stays. One that was killed after its
    manifest and before it came into force goes too: nobody has read it, and none rests on it.
    """
    sweep(runs)
    finishing = _said_in(runs / FINISHING)
    halfway = finishing if finishing != _said_in(runs / "CURRENT") else ""
    died = []
    for folder in sorted(f for f in runs.iterdir() if f.is_dir() and f.name.isdigit()):
        if folder.name == halfway or read_manifest(folder) is None:
            delete(folder)
            died.append(folder.name)
    (runs / FINISHING).unlink(missing_ok=True)
    return died


def _said_in(file: Path) -> str:
    """The one word of a file; "" where there is none."""
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


def _say_cut_off(manifest: Manifest, runs: list[str]) -> None:
    """That runs before this one were killed: whoever killed them could not say it."""
    if runs:
        said = [say("machine.cut_off", language, runs=", ".join(runs)) for language in LANGUAGES]
        manifest.notes.append(" / ".join(said))


def _manifest(ctx: Context, mode: str) -> Manifest:
    pack = ctx.workspace.pack
    return Manifest(
        run=ctx.run_dir.name,
        name=ctx.workspace.name,
        as_of=ctx.workspace.as_of.isoformat(),
        mode=mode,
        program=tangga.__version__,
        pack={"name": pack.name, "sha256": pack.hash()},
        descriptors={s.name: sha256(s.path) for s in ctx.workspace.sources},
        previous=ctx.previous.name if ctx.previous else None,
        replays=_replays(ctx),
        papers=papers(ctx.workspace),
        office=office(ctx.workspace),
        code=code(),
        settings={"threads": ctx.threads, "memory": ctx.memory, "parts": ctx.parts, **said(ctx)},
    )


def _begin(ctx: Context, manifest: Manifest, only: str | None) -> None:
    """Make the run's folder; with `only`, take the earlier stages from the last run there is."""
    if only is None:
        ctx.run_dir.mkdir(mode=0o700)
        return
    earlier = STAGES[: STAGES.index(only)]
    source = _latest_with(ctx, earlier)
    before = read_manifest(source)
    if only == "publish":
        take_decided(manifest, before)
    manifest.adds = before.adds if before else 0
    ctx.run_dir.mkdir(mode=0o700)
    for name in (*earlier, *(f"sql/{stage}" for stage in earlier)):
        if (source / name).is_dir():
            tables.share(source / name, ctx.run_dir / name)


def _latest_with(ctx: Context, stages: tuple[str, ...]) -> Path:
    runs = sorted((f for f in ctx.workspace.runs.iterdir() if f.name.isdigit()), reverse=True)
    for folder in runs:
        if folder != ctx.run_dir and all((folder / name).is_dir() for name in stages):
            return folder
    raise UserError(
        f"no earlier run holds {', '.join(stages)}",
        file=ctx.workspace.dir,
        todo="Run without --only",
    )


def _parts_of(ctx: Context, name: str) -> int:
    """Fewer where the memory decides and the stage holds less of it: each part of it reads whole
    tables. As asked where they were asked for."""
    return math.ceil(ctx.parts / NARROW) if ctx.measured and name in DECIDING else ctx.parts


def _stage(ctx: Context, manifest: Manifest, name: str) -> None:
    ctx.progress(name, 0, 1)
    watch = Stopwatch()
    rows = _RUN[name](
        replace(ctx, parts=_parts_of(ctx, name), progress=watch.telling(ctx.progress))
    )
    if name in DECIDING:  # what stood in memory only is no table of the run
        rows = {table: n for table, n in rows.items() if tables.exists(ctx.table(name, table))}
    manifest.stages[name] = {**asdict(watch.stop()), "rows": rows, "steps": watch.steps()}
    if name == "ingest":
        manifest.inputs = adding.inputs_of(ctx)
        read = {file: str(found["sha256"]) for file, found in manifest.inputs.items()}
        with_hashes(manifest.on_disk, read, ctx.workspace)
        manifest.notes += _said_of_files(ctx)
    if name == "standardise":
        manifest.sources = count_sources(ctx)
    if name == "rank":
        say_model(ctx, manifest)
        say_releases(ctx, manifest)
        say_rankers(ctx, manifest)
    if name == "plan":
        say_clock(ctx, manifest)
        say_places(ctx, manifest)
        say_targets(ctx, manifest)
        say_documents(ctx, manifest)
    if name == "publish":
        manifest.published = publish.published(ctx.run_dir)
    ctx.progress(name, 1, 1)


def _said_of_files(ctx: Context) -> list[str]:
    """What ingest has to say of files that it read or skipped: a column that one of them lacks."""
    with ctx.connect() as con:
        found = con.execute(
            "SELECT source, file, coalesce(nullif(reason, ''), notes) FROM "
            f"{ctx.scan('ingest', 'files')} WHERE coalesce(nullif(reason, ''), notes, '') <> '' "
            "ORDER BY ALL"
        ).fetchall()
    return [f"{source}, {file}: {said}" for source, file, said in found]


def _finish(ctx: Context, manifest: Manifest, *, complete: bool) -> None:
    """The manifest first, then the pointer: from then on this run is in force."""
    shutil.rmtree(ctx.run_dir / ".spill", ignore_errors=True)
    manifest.complete = complete
    manifest.notes += notes(ctx)
    finishing = ctx.workspace.runs / FINISHING
    finishing.write_text(ctx.run_dir.name + "\n", encoding="utf-8")
    manifest.write(ctx.run_dir / FILE)
    if complete:
        _put_in_force(ctx.workspace.runs, ctx.run_dir)
    finishing.unlink()
    if complete:
        purge_locked(ctx.workspace.runs, keep=ctx.workspace.keep_runs)


def _put_in_force(runs: Path, run: Path | None) -> None:
    """From here on this is the run that others read."""
    if run is None:
        return
    unfinished = runs / ".CURRENT.tmp"
    unfinished.write_text(run.name + "\n", encoding="utf-8")
    unfinished.replace(runs / "CURRENT")
