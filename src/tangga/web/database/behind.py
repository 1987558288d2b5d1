"""Work that nobody waits for stands behind pages that somebody waits for."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

NICENESS = 10
"""Enough for pages to come first; with nobody on a page the work is as fast as before."""


def step_back() -> None:
    """This process, and what it starts, from now on; there is no way back."""
    with suppress(OSError):
        os.nice(NICENESS)


def server_steps_back(con: psycopg.Connection[Any]) -> bool:
    """PostgreSQL's own process of this connection, where it runs beside us and is ours to ask.

    Elsewhere (another machine, container or user) nothing happens; says whether it did.
    """
    if not con.info.host.startswith("/"):
        return False
    number = con.info.backend_pid
    with suppress(OSError):
        # A number of another container may be anybody's here.
        if Path(f"/proc/{number}/cmdline").read_bytes().startswith(b"postgres"):
            now = os.getpriority(os.PRIO_PROCESS, number)
            os.setpriority(os.PRIO_PROCESS, number, now + NICENESS)
            return True
    return False
