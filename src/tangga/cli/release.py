"""`tangga release`: whether what was published is whole, and what is proven of its open tables."""

from __future__ import annotations

from pathlib import Path

from tangga.cli import screen
from tangga.engine.current import last_complete
from tangga.engine.publish.check import check_release
from tangga.engine.publish.prove import Proof, prove
from tangga.engine.workspace import load_workspace
from tangga.errors import UserError
from tangga.texts import both


def release(directory: Path, *, folder: Path | None = None) -> None:
    """Check a folder that holds `release` and `open` (else that of the run in force)."""
    areas = load_workspace(directory).pack_areas
    place = folder or last_complete(directory) / "publish"
    if not place.is_dir():
        todo = f"A full run publishes: tangga run {directory} --full"
        raise UserError("nothing is published here", file=place, todo=todo)
    said = check_release(place / "release", areas)
    rows = sum(table["rows"] for table in said["tables"].values())
    screen.out.print(
        both("release.whole", name=said["release"], tables=len(said["tables"]), rows=rows)
    )
    _print_proof(prove(place / "open"))


def _print_proof(proof: Proof) -> None:
    counts = {"tables": proof.tables, "cells": proof.cells, "suppressed": proof.suppressed}
    screen.out.print(both("release.open", **counts))
    if proof.suppressed:
        screen.out.print(both("release.proven", programmes=proof.programmes))
