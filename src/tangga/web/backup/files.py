"""What goes into the archives of a backup: of the workspace, and of the service's own folder."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tangga.web.backup.folder import MANIFEST

SECRETS = "secrets.json"  # pragma: allowlist secret
"""Of the demo's folder: its keys."""

NOT_FILES = {"postgres", "backups", "static", SECRETS}
"""Of the service's folder: the database is dumped, no backup holds another, and none holds keys."""

NOT_OF_A_RUN = {"ingest", "standardise", "link"}
"""Stages that are made anew from the source files; a run reads no more of the run before."""


@dataclass(frozen=True)
class Places:
    """What is backed up. url: of a role that no policy binds (a superuser, or with BYPASSRLS).

    var: the service's folder. workspace: the engine's, None where there is none. sources: whether
    the source files go in too.
    """

    url: str
    var: Path
    workspace: Path | None = None
    sources: bool = False


def pack(to: Path, files: Iterator[tuple[Path, str]]) -> dict[str, str]:
    """An archive of these files (path, name inside); returns name -> SHA-256."""
    found: dict[str, str] = {}
    private = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    # Not compressed: what is large in it is Parquet, or small beside it.
    with os.fdopen(private, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as tar:
        for path, name in files:
            found[name] = _add(tar, path, name)
    return found


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    with path.open("rb") as file:
        info = tar.gettarinfo(arcname=name, fileobj=file)
        # Hard links between runs would be stored as links to files that are not in here.
        info.type, info.linkname, info.size = tarfile.REGTYPE, "", path.stat().st_size
        info.mode, info.uid, info.gid, info.uname, info.gname = 0o600, 0, 0, "", ""
        tar.addfile(info, file)
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_workspace(places: Places) -> Iterator[tuple[Path, str]]:
    """Everything but source files and old runs; of the run in force what the next one reads."""
    root = places.workspace
    assert root is not None
    runs = _runs(root)
    inputs = set() if places.sources else _source_files(root, runs[:1])
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_symlink() or not path.is_file() or path in inputs or _is_lock(path):
            continue
        if parts[0] != "runs" or _of_run(parts[1:], runs):
            yield path, path.relative_to(root).as_posix()


def _of_run(parts: tuple[str, ...], runs: list[str]) -> bool:
    if parts == ("CURRENT",):
        return bool(runs)
    return len(parts) > 1 and parts[0] in runs and parts[1] not in NOT_OF_A_RUN


def _is_lock(path: Path) -> bool:
    return path.name == ".lock"


def run_in_force(workspace: Path) -> str | None:
    """The run that `runs/CURRENT` names, None before the first."""
    return next(iter(_runs(workspace)), None)


def _runs(workspace: Path) -> list[str]:
    """The run in force, and the one that the next run rests on where it looked back."""
    try:
        name = (workspace / "runs" / "CURRENT").read_text(encoding="utf-8").strip()
        manifest = json.loads((workspace / "runs" / name / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [run for run in (name, manifest.get("replays")) if run]


def _source_files(workspace: Path, runs: list[str]) -> set[Path]:
    """What the run was given; institutions keep it, and it may be larger than all the rest."""
    found: set[Path] = set()
    for run in runs:
        manifest = json.loads((workspace / "runs" / run / MANIFEST).read_text(encoding="utf-8"))
        found |= {workspace / name for name in manifest["inputs"]}
    return found


def of_service(places: Places) -> Iterator[tuple[Path, str]]:
    """What the service keeps beside the database."""
    for path in sorted(places.var.rglob("*")):
        inside = path.relative_to(places.var)
        plain = path.is_file() and not path.is_symlink() and not _is_lock(path)
        elsewhere = places.workspace is not None and path.is_relative_to(places.workspace)
        if plain and not elsewhere and inside.parts[0] not in NOT_FILES:
            yield path, inside.as_posix()
