"""What lies on disk, and what changed there since the last run: as in git, by size and time."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tangga
from tangga.engine.adding.grown import PLAIN, Growth, find_growth
from tangga.engine.adding.rebuild import Rebuild
from tangga.engine.descriptor import Descriptor
from tangga.engine.manifest import Manifest
from tangga.engine.notices.register import FILE as REGISTER
from tangga.engine.workspace import Workspace
from tangga.hashing import sha256

OnDisk = dict[str, dict[str, dict[str, Any]]]
RACY_NS = 50_000_000
"""A file that changed so shortly before it was looked at may change again within one tick of its
clock: its time then proves nothing."""
CODE = ("*.py", "*.sql")


OFFICE = ("targets", "budgets", "places", "outcomes", "plans")
"""Folders of what an office writes of its own."""


@dataclass(frozen=True)
class Changes:
    """What was added. new: source -> files. grown: source -> what was appended to which file.
    on_disk: every file as it lies there now."""

    on_disk: OnDisk
    new: dict[str, list[Path]] = field(default_factory=dict)
    grown: dict[str, list[Growth]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.new or self.grown)

    def sources(self) -> set[str]:
        """The sources that have anything new."""
        return set(self.new) | set(self.grown)


def shown_name(path: Path, workspace: Workspace) -> str:
    """A file relative to its workspace, as ingest names it."""
    return Path(os.path.relpath(path, workspace.dir)).as_posix()


def look(path: Path) -> dict[str, Any]:
    """Size and time of a file; the time is left out where it proves nothing."""
    found = path.stat()
    racy = time.time_ns() - found.st_mtime_ns < RACY_NS
    return {"size": found.st_size, "mtime_ns": None if racy else found.st_mtime_ns}


def look_at_all(workspace: Workspace) -> OnDisk:
    """Every source file, before any of them is read."""
    return {
        source.name: {shown_name(path, workspace): look(path) for path in source.files}
        for source in workspace.sources
    }


def with_hashes(seen: OnDisk, read: dict[str, str], workspace: Workspace) -> OnDisk:
    """The same with every sha256. read: file -> what ingest found; archives are hashed here."""
    for source in workspace.sources:
        for path in source.files:
            name = shown_name(path, workspace)
            seen[source.name][name].setdefault("sha256", read.get(name) or sha256(path))
    return seen


def papers(workspace: Workspace) -> dict[str, str]:
    """sha256 of every file beside the sources and the pack that decides something: rulings, areas,
    letters, overlays, the welfare model."""
    files = [*_rulings(workspace), *workspace.csv_files("areas"), *_letters(workspace)]
    files += _model(workspace)
    for overlay in workspace.policy:
        files += [overlay] if overlay.is_file() else _below(overlay)
    return {shown_name(path, workspace): sha256(path) for path in sorted(files)}


def office(workspace: Workspace) -> dict[str, str]:
    """sha256 of every file of targets, budgets, places, outcomes and plan lines: of what planning
    reads, and no stage before it."""
    files = [file for folder in OFFICE for file in workspace.csv_files(folder)]
    return {shown_name(path, workspace): sha256(path) for path in sorted(files)}


def _rulings(workspace: Workspace) -> list[Path]:
    """Rulings come as CSV files and as workbooks."""
    return [f for f in workspace.rulings.glob("*") if f.is_file() and f.name[0] not in ".~"]


def _model(workspace: Workspace) -> list[Path]:
    """The model by which families are scored; where it is not there, the run says so."""
    file = workspace.welfare_model
    return [file] if file is not None and file.is_file() else []


def _letters(workspace: Workspace) -> list[Path]:
    """The register of letters: from when a move takes effect follows from it."""
    file = workspace.dir / REGISTER
    return [file] if file.is_file() else []


def _below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def code() -> str:
    """A hash of the program that makes a register."""
    home = Path(tangga.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(_sources(home)):
        digest.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _sources(home: Path) -> Iterator[Path]:
    for room in ("engine", "registry", "rules"):
        for pattern in CODE:
            yield from (home / room).rglob(pattern)


def find_changes(workspace: Workspace, before: Manifest, run: Path) -> Changes:
    """What was added since a run; Rebuild where anything else changed in a source file.

    run: the folder of that run. Only files of another size or time are read.
    """
    changes = Changes(look_at_all(workspace))
    for source in workspace.sources:
        _compare(source, workspace, before, run, changes)
    return changes


def _compare(
    source: Descriptor, workspace: Workspace, before: Manifest, run: Path, changes: Changes
) -> None:
    then, now = before.on_disk.get(source.name, {}), changes.on_disk[source.name]
    if gone := sorted(set(then) - set(now)):
        raise Rebuild("file_gone", file=gone[0])
    for path in source.files:
        name = shown_name(path, workspace)
        if name not in then:
            changes.new.setdefault(source.name, []).append(path)
        elif _untouched(then[name], now[name]):
            now[name]["sha256"] = then[name]["sha256"]
        elif growth := _grown(path, name, source.name, then[name], now[name], run):
            changes.grown.setdefault(source.name, []).append(growth)


def _untouched(then: dict[str, Any], now: dict[str, Any]) -> bool:
    return then["mtime_ns"] is not None and all(then[k] == now[k] for k in ("size", "mtime_ns"))


def _grown(
    path: Path, name: str, source: str, then: dict[str, Any], now: dict[str, Any], run: Path
) -> Growth | None:
    """What was appended to a file; None where its content is what it was."""
    if now["size"] == then["size"] and sha256(path) == then["sha256"]:
        now["sha256"] = then["sha256"]
        return None
    growth = None
    if now["size"] > then["size"] and path.suffix.lower() in PLAIN:
        growth = find_growth(path, name, source, then, run)
    if growth is None:
        raise Rebuild("file_changed", file=name)
    now["sha256"] = growth.sha256
    return growth
