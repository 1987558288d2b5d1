"""No record is new, but what an office plans by is: the stages that decide run again."""

from __future__ import annotations

from tangga.engine import tables
from tangga.engine.adding.rebuild import Rebuild, note
from tangga.engine.context import Context
from tangga.engine.manifest import Manifest, read_manifest

STAGES = ("ingest", "standardise", "link", "resolve")
"""Those whose tables stay as they are."""


def office_changed(ctx: Context, manifest: Manifest) -> bool:
    """Whether targets, budgets, places, outcomes or plan lines differ from the run in force."""
    before = read_manifest(ctx.previous) if ctx.previous else None
    return before is not None and before.office != manifest.office


def take_over(ctx: Context, manifest: Manifest) -> None:
    """Begin a run with the tables of the run in force, up to the register itself."""
    before = read_manifest(ctx.previous) if ctx.previous else None
    if before is None or ctx.previous is None:
        raise Rebuild("first")
    ctx.run_dir.mkdir(mode=0o700)
    for stage in STAGES:
        tables.share(ctx.previous / stage, ctx.run_dir / stage)
        manifest.stages[stage] = before.stages[stage]
    for name in ("inputs", "sources", "on_disk", "adds", "added"):
        setattr(manifest, name, getattr(before, name))
    both = {*before.office, *manifest.office}
    names = sorted(n for n in both if before.office.get(n) != manifest.office.get(n))
    manifest.notes.append(note("added", "office", names=", ".join(names), before=before.run))
