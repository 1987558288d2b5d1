"""Runs workspaces and dies in them: each line of the input is a folder, a moment and a way.

    /tmp/w <tab> 17 <tab> full       kill -9 when the run reports its 17th step

Further moments: `manifest` (before the manifest is written), `current` (it is written, and the run
is not in force yet), `purge` (it is in force, and an old run is half deleted). Prints how the child
that ran has ended.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import tangga.engine.purge as purge
import tangga.engine.run as run
from tangga.engine.manifest import Manifest


def die(*_: Any, **__: Any) -> None:
    """As the kernel ends a process: nothing is put in order."""
    os.kill(os.getpid(), signal.SIGKILL)


def half_deleted(folder: Path) -> None:
    """One file of it is gone when the power goes."""
    shutil.rmtree(folder / "ingest")
    die()


def work(folder: str, moment: str, way: str) -> None:
    """One run, to the moment."""
    seen = 0

    def progress(_step: str, _done: int, _total: int) -> None:
        nonlocal seen
        if moment == str(seen):
            die()
        seen += 1

    if moment == "manifest":
        Manifest.write = die  # type: ignore[method-assign]
    if moment == "current":
        run._put_in_force = die
    if moment == "purge":
        purge.shutil = type("Half", (), {"rmtree": staticmethod(half_deleted)})  # type: ignore[assignment]
    run.run_workspace(folder, full=way == "full", threads=2, progress=progress)


if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                work(*line.rstrip("\n").split("\t"))
            finally:
                os._exit(7)
        print(os.waitpid(child, 0)[1], flush=True)
