"""Publishing what an earlier run decided (`--only publish`): only if nothing has changed since."""

from __future__ import annotations

from tangga.engine.manifest import Manifest
from tangga.errors import UserError
from tangga.texts import both

TAKEN = ("inputs", "sources", "clock", "model", "on_disk")
"""What the manifest of such a run says as the run before it did."""


def take_decided(manifest: Manifest, before: Manifest | None) -> None:
    """Let a manifest say what the run that decided says; UserError where that is not to publish.

    A register that was added to is not published, nor one that another policy, pack or program, or
    another day, decided for: the release would say of itself what is not so.
    """
    if before is None or not before.complete:
        raise not_published(before or manifest, "partial")
    if before.replays:
        raise not_published(before, "replay")
    if before.adds:
        raise not_published(before, "added")
    same = ("pack", "program", "code", "as_of", "papers", "office", "descriptors")
    differing = [key for key in same if getattr(before, key) != getattr(manifest, key)]
    if before.policy.get("sha256") != manifest.policy.get("sha256"):
        differing.append("policy")
    if differing:
        raise not_published(before, "changed", ", ".join(differing))
    for key in TAKEN:
        setattr(manifest, key, getattr(before, key))
    manifest.stages = {
        name: {**done, "seconds": 0.0, "cpu_seconds": 0.0} for name, done in before.stages.items()
    }


def not_published(run: Manifest, why: str, what: str = "") -> UserError:
    """Why a run cannot be published. what: which part of it is the reason."""
    todo = "Make a whole run, which publishes: tangga run DIR --full"
    return UserError(both(f"publish.not_{why}", between=" / "), value=what or run.run, todo=todo)
