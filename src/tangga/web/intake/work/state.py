"""What a job says of itself while it works."""

from __future__ import annotations

import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from tangga.errors import TanggaError, UserError
from tangga.texts import both
from tangga.web.intake.blame import without_paths
from tangga.web.intake.engine import Ended
from tangga.web.intake.models import Job

AT_LEAST_EVERY = 5.0
"""Seconds after which a job says that it is at work though nothing has changed."""


KILLED = -signal.SIGKILL


class Cancelled(Exception):
    """Somebody asked for the end of the job."""


class EngineFailed(TanggaError):
    """The command ended as it never should."""


def telling(job: Job, read: Callable[[], dict[str, Any]] = dict) -> Callable[[], bool]:
    """What to call again and again while a command works: notes its progress, and says False once
    somebody has asked for the end."""
    told: dict[str, Any] = {"at": 0.0, "progress": None}

    def look() -> bool:
        progress = read()
        if progress != told["progress"] or time.monotonic() - told["at"] > AT_LEAST_EVERY:
            told.update(at=time.monotonic(), progress=progress)
            tell(job, progress)
        return not Job.objects.filter(pk=job.pk, cancel_asked=True).exists()

    return look


def tell(job: Job, progress: dict[str, Any]) -> None:
    """Note where a job stands."""
    Job.objects.filter(pk=job.pk).update(progress=progress, seen=timezone.now())


@contextmanager
def alive(job: Job) -> Iterator[None]:
    """Say again and again that a job is at work, while what works at it says so too seldom."""
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(AT_LEAST_EVERY):
                Job.objects.filter(pk=job.pk).update(seen=timezone.now())
        finally:
            connection.close()

    beating = threading.Thread(target=beat, name="alive", daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()


def sound(ended: Ended) -> None:
    """Cancelled, UserError with what the command said, or EngineFailed, as it ended.

    Who is killed by the kernel for want of memory says nothing: it is said here.
    """
    if ended.cancelled:
        raise Cancelled
    if ended.refused:
        raise UserError(without_paths(ended.words) or "the command refused, and did not say why")
    if ended.code == KILLED:
        what, todo = (
            both(name, between=" / ") for name in ("machine.killed", "machine.killed_todo")
        )
        raise UserError(what, todo=todo)
    if ended.code:
        raise EngineFailed(f"tangga ended with {ended.code}")


def place_of(wrong: BaseException) -> str:
    """The kind of an error and where it happened; its text may hold somebody's data."""
    last = traceback.extract_tb(wrong.__traceback__)[-1]
    return f"{type(wrong).__name__}, {Path(last.filename).name}:{last.lineno}"
