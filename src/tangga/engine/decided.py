"""By which rules a finished run decided, so that whoever reads its decisions uses the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tangga.engine import tables
from tangga.engine.manifest import Manifest, read_manifest
from tangga.engine.workspace import Workspace
from tangga.errors import UserError
from tangga.rules.on_date import OnDate


def decided_by(workspace: Workspace, run: Path, table: str) -> tuple[Manifest, OnDate]:
    """The manifest of a run and the rules of its day. table: of the stage `plan`, that is read.

    UserError where the run decided nothing, or where the policy has changed since: then its facts
    and the rules of today do not belong together.
    """
    manifest = read_manifest(run)
    if manifest is None or not tables.exists(run / "plan" / table):
        todo = f"Run it first: tangga run {workspace.dir} --full"
        raise UserError("the last complete run decided nothing", file=workspace.dir, todo=todo)
    if manifest.policy.get("sha256") != workspace.rulebook.hash():
        todo = f"Run it again first: tangga run {workspace.dir}"
        what = "the policy has changed since the last complete run"
        raise UserError(what, file=workspace.dir, todo=todo)
    return manifest, workspace.rulebook.on(date.fromisoformat(manifest.as_of))
