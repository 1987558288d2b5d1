"""A server of our own that several commands use at once: the last one to go ends it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tangga.web.database.postgres import Server, running, start


@contextmanager
def in_use(data: Path) -> Iterator[Server]:
    """The server of this folder, started where it is not running.

    The lock falls with the process: a command that was killed keeps no server from ending.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(data / ".users", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield start(data)
    finally:
        if _last(handle):
            server = running(data)
            if server is not None:
                server.stop()
        os.close(handle)


def _last(handle: int) -> bool:
    """Whether nobody else uses it; then nobody can begin to, until we have closed the handle."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
