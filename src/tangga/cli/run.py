"""`tangga run`."""

from __future__ import annotations

import datetime
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tangga.cli import screen
from tangga.errors import UserError
from tangga.texts import both

if TYPE_CHECKING:
    from tangga.engine.manifest import Manifest


def run(
    directory: Path,
    *,
    as_of: str | None,
    engine: str = "loop",
    master: str | None = None,
    shared: str | None = None,
    progress_file: Path | None = None,
    **options: Any,
) -> None:
    """Run the stages of a workspace, then print what came in and what came out."""
    from tangga.engine.engines import Engine
    from tangga.engine.run import run_workspace

    day = read_day(as_of)
    options["engine"] = Engine(engine, master=master, shared=shared)
    begun = time.monotonic()
    with screen.bars() as shown, screen.progress_lines(progress_file) as written:

        def progress(step: str, done: int, total: int) -> None:
            shown(step, done, total)
            written(step, done, total)

        manifest = run_workspace(directory, as_of=day, progress=progress, **options)
    print_manifest(manifest, seconds=time.monotonic() - begun)


def read_day(text: str | None, option: str = "--as-of") -> datetime.date | None:
    """A day as it is typed, such as 2026-01-31."""
    try:
        return None if text is None else datetime.date.fromisoformat(text)
    except ValueError:
        raise UserError(f"{option} is no date", value=text, todo="Write it as 2026-01-31") from None


def print_manifest(manifest: Manifest, *, seconds: float) -> None:
    """Rows in, accepted and quarantined of each source; rows and seconds of each table.

    seconds: of this command. The stages of a run that takes earlier ones over are those of both.
    """
    print_sources(manifest)
    _print("run.tables", ["stage", "table", "rows", "seconds"], _tables(manifest))
    for note in manifest.notes:
        screen.out.print(note, soft_wrap=True, markup=False)
    if manifest.published:
        print_release(manifest)
    screen.out.print(both(f"run.kind_{_kind(manifest)}"))
    if manifest.mode != "unchanged":
        screen.out.print(both("run.done", seconds=round(seconds), run=manifest.run))


def _kind(manifest: Manifest) -> str:
    if not manifest.complete:
        return "partial"
    if manifest.mode == "full" and not manifest.published:
        return "unpublished"
    return {"full": "full", "unchanged": "unchanged"}.get(manifest.mode, "adding")


def print_release(manifest: Manifest) -> None:
    """Where the release is, and what was proven of the open tables."""
    said = manifest.published
    place = f"runs/{manifest.run}/{said['folder']}"
    release = {"release": said["release"], "tables": said["tables"], "folder": place}
    screen.out.print(both("run.release", **release), soft_wrap=True, markup=False)
    if said["open"]:
        counts = {key: said["open"][key] for key in ("tables", "suppressed", "cells", "programmes")}
        screen.out.print(both("run.proven", **counts), soft_wrap=True, markup=False)


def print_sources(manifest: Manifest) -> None:
    """For each source: rows in = rows accepted + rows quarantined."""
    headings = ["source", "rows_in", "accepted", "quarantined"]
    _print("run.sources", headings, _sources(manifest))


def _print(title: str, headings: list[str], rows: list[list[object]]) -> None:
    named = [both(f"run.{h}") for h in headings]
    screen.print_table(named, rows, title=both(title, between=" / "))


def _sources(manifest: Manifest) -> list[list[object]]:
    return [
        [name, counts["rows_in"], counts["accepted"], counts["quarantined"]]
        for name, counts in manifest.sources.items()
    ]


def _tables(manifest: Manifest) -> list[list[object]]:
    """The tables that have a name of their own; a stage's seconds stand beside its first."""
    from tangga.engine.catalogue import TABLES

    rows: list[list[object]] = []
    for stage, done in manifest.stages.items():
        named = {t: n for t, n in done["rows"].items() if t in TABLES and TABLES[t].stage == stage}
        rows += [[stage, table, count, ""] for table, count in (named or {"": ""}).items()]
        rows[-len(named or [""])][3] = round(done["seconds"], 1)
    return rows
