"""One run at a time in a workspace."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tangga.errors import UserError
from tangga.texts import both


@contextmanager
def locked(runs: Path, busy: str = "") -> Iterator[None]:
    """Hold the workspace's lock; it falls with the process, so a killed run leaves none behind.

    Raises UserError, which says `busy` (else that another run is at work), where another process
    holds it.
    """
    runs.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(runs / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        what, todo = busy or both("machine.busy", between=" / "), "machine.busy_todo"
        raise UserError(what, file=runs.parent, todo=both(todo, between=" / ")) from None
    try:
        yield
    finally:
        os.close(handle)
