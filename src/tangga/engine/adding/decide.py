"""Whether a register can be added to: what must be as it was in the last complete run."""

from __future__ import annotations

from tangga.engine import tables
from tangga.engine.adding.inputs import Changes, find_changes
from tangga.engine.adding.rebuild import Rebuild
from tangga.engine.context import Context
from tangga.engine.manifest import Manifest, read_manifest
from tangga.engine.standardise.source import PERSON_KINDS
from tangga.engine.workspace import Workspace

MOST = 20
"""So many runs of adding may stand one on the other; then the register is made whole again."""
MUCH = 0.025
"""No more than this share of the sources of persons is added. A new record never parts two that
were linked before it came; measured, that makes one person in a thousand differ when three in a
hundred records are added, and one in sixteen thousand when one in two hundred is."""
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
    changes = find_changes(ctx.workspace, before, ctx.previous)
    added = before.added + added_bytes(ctx.workspace, changes)
    if added > MUCH * _bytes_before(ctx.workspace, before):
        raise Rebuild("much", most=f"{MUCH:.1%}")
    return changes


def added_bytes(workspace: Workspace, changes: Changes) -> int:
    """How much is new of sources of persons."""
    persons = _of_persons(workspace)
    new = (path.stat().st_size for s in persons for path in changes.new.get(s, ()))
    grown = (g.path.stat().st_size - g.size for s in persons for g in changes.grown.get(s, ()))
    return sum(new) + sum(grown)


def _of_persons(workspace: Workspace) -> list[str]:
    return [source.name for source in workspace.sources if source.kind in PERSON_KINDS]


def _bytes_before(workspace: Workspace, before: Manifest) -> int:
    """What the last full run read of them."""
    files = (before.on_disk[name].values() for name in _of_persons(workspace))
    return sum(file["size"] for each in files for file in each) - before.added


def _differing(now: dict[str, str], before: dict[str, str]) -> str:
    return ", ".join(sorted(k for k in {*now, *before} if now.get(k) != before.get(k)))
