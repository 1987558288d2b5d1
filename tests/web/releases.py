"""A small release for the tests of the service: invented people of two kabupaten, made once."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PEOPLE, SEED = 1200, 1
AREAS = ("1811", "1771")
"""Two neighbours in no sense but this: a user of one sees nothing of the other."""


def make_release(folder: Path) -> Path:
    """The workspace's folder; its release is `release_of(folder)`. Made once for all workers."""
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "done"
    with _alone(folder / "lock"):
        if not done.exists():
            _make(folder / "workspace")
            done.touch()
    return folder / "workspace"


def release_of(workspace: Path) -> Path:
    """The folder of the release that its last run published."""
    from tangga.engine.current import last_complete

    return Path(last_complete(workspace)) / "publish" / "release"


def _make(workspace: Path) -> None:
    from tangga.cli.demo_ladder import set_cap_in_force
    from tangga.engine.run import run_workspace
    from tangga.synthetic import generate

    generate(PEOPLE, SEED, workspace, AREAS)
    set_cap_in_force(workspace)
    run_workspace(workspace, full=True)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
