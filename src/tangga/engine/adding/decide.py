"""Whether a register can be added to: what must be as it was in the last complete run."""

from __future__ import annotations

from tangga.engine import tables
from tangga.engine.adding.inputs import Changes, find_changes
from tangga.engine.adding.rebuild import Rebuild
from tangga.engine.context import Context
from tangga.engine.manifest import Manifest, read_manifest

MOST = 20
"""So many runs of adding may stand one on the other; then the register is made whole again."""
NEEDED = (
    "ingest/files",
    "standardise/records",
    "link/sides",
    "link/name_counts",
    "link/token_counts",
    "resolve/unit_of_node",
    "resolve/won",
)
"""Tables without which nothing can be added (an earlier version did not keep all of them)."""


def decide(ctx: Context, now: Manifest) -> Changes:
    """What to add to the run in force. now: the manifest of the run that begins.

    Raises Rebuild, which says why the register must be made whole again.
    """
    before = read_manifest(ctx.previous) if ctx.previous else None
    if before is None or ctx.previous is None or not before.complete:
        raise Rebuild("first")
    if (now.program, now.code) != (before.program, before.code):
        raise Rebuild("program")
    if now.pack != before.pack:
        raise Rebuild("pack")
    if now.descriptors != before.descriptors:
        raise Rebuild("descriptors", names=_differing(now.descriptors, before.descriptors))
    if now.as_of != before.as_of:
        raise Rebuild("as_of")
    if now.papers != before.papers:
        raise Rebuild("papers", names=_differing(now.papers, before.papers))
    if before.adds >= MOST:
        raise Rebuild("chain", most=MOST)
    if not before.on_disk or not all(tables.exists(ctx.previous / table) for table in NEEDED):
        raise Rebuild("program")
    return find_changes(ctx.workspace, before, ctx.previous)


def _differing(now: dict[str, str], before: dict[str, str]) -> str:
    return ", ".join(sorted(k for k in {*now, *before} if now.get(k) != before.get(k)))
