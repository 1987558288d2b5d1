"""Which run is in force: the last complete one, named by the file `runs/CURRENT`."""

from __future__ import annotations

from pathlib import Path

from tangga.errors import UserError
from tangga.texts import both


def last_complete(directory: Path) -> Path:
    """The folder of the last complete run of a workspace.

    `runs/CURRENT` holds the folder's name and is replaced by a rename when a run has ended, so
    a run that dies leaves the one before it in force. UserError where no run was completed.
    """
    runs = Path(directory) / "runs"
    try:
        name = (runs / "CURRENT").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise _no_run(directory) from None
    folder = runs / name
    if not name or name.startswith(".") or folder.parent != runs or not folder.is_dir():
        raise UserError(
            "names a run that is not there",
            file=runs / "CURRENT",
            value=name,
            todo=f"Run it again: tangga run {directory} --full",
        )
    return folder


def _no_run(directory: Path) -> UserError:
    if not Path(directory).is_dir():
        return UserError("no such folder", file=directory, todo="Make one with: tangga init DIR")
    return UserError(
        both("machine.no_run", between=" / "),
        file=directory,
        todo=both("machine.no_run_todo", between=" / ", directory=directory),
    )
