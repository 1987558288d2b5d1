"""Deleting runs: the oldest beyond a number, and what runs that died left behind."""

from __future__ import annotations

import shutil
from pathlib import Path

from tangga.engine.lock import locked
from tangga.engine.manifest import read_manifest

GONE = ".gone"
"""Ends the name of a run's folder while it is deleted."""


def purge(directory: Path, *, keep: int) -> tuple[list[str], list[str]]:
    """Delete all runs of a workspace but the last `keep` complete ones; (deleted, kept) names.

    The run in force always stays, whatever `keep` says. UserError while a run is at work.
    """
    runs = directory / "runs"
    with locked(runs):
        return purge_locked(runs, keep=keep)


def purge_locked(runs: Path, *, keep: int) -> tuple[list[str], list[str]]:
    """The same for one who already holds the workspace's lock."""
    there = sorted(f for f in runs.iterdir() if f.is_dir() and f.name.isdigit())
    stay = {f.name for f in [f for f in there if _complete(f)][-keep:]} if keep > 0 else set()
    current = _in_force(runs)
    stay |= {current, _rests_on(runs / current)}
    gone = [folder for folder in there if folder.name not in stay]
    sweep(runs)
    for folder in gone:
        delete(folder)
    return [f.name for f in gone], [f.name for f in there if f.name in stay]


def delete(run: Path) -> None:
    """A run goes in one step, by a rename; what a kill leaves after it is swept by the next run."""
    gone = run.with_name(f".{run.name}{GONE}")
    if gone.exists():
        shutil.rmtree(gone)
    run.rename(gone)
    shutil.rmtree(gone)


def sweep(runs: Path) -> None:
    """Folders of runs that were being deleted when somebody was killed."""
    for left in runs.glob(f".*{GONE}"):
        shutil.rmtree(left)


def _complete(run: Path) -> bool:
    manifest = read_manifest(run)
    return manifest is not None and manifest.complete


def _rests_on(run: Path) -> str:
    """The run that a replay stands before, "" where the run is none."""
    manifest = read_manifest(run)
    return (manifest.replays or "") if manifest is not None else ""


def _in_force(runs: Path) -> str:
    try:
        return (runs / "CURRENT").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
