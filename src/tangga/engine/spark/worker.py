"""What a worker does with a task. Runs in Spark's Python processes, on any machine of the cluster.

Spark writes what a task raises into logs of its own, and a text of DuckDB may hold a value of
somebody's record. So an error comes back as a value, and the driver raises it.
"""

from __future__ import annotations

import errno
import os

# Only what was packed here in the same breath is unpacked.
import pickle  # nosec B403
import platform
import socket
from dataclasses import dataclass
from functools import cache

import duckdb

from tangga.engine.adding.inputs import code
from tangga.engine.schedule import Task
from tangga.engine.spark.places import Place
from tangga.errors import TanggaError, UserError
from tangga.texts import both

_AGAIN = (duckdb.IOException, OSError)
"""What another attempt may cure: a folder that is late, a connection that broke."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Again(Exception):
    """This attempt failed; Spark is to make another. Says nothing of what was read."""


@dataclass(frozen=True)
class Terms:
    """What the driver is, which a worker must be too: program, Python and DuckDB."""

    place: Place
    program: str
    python: str
    duckdb: str
    attempts: int


def terms(place: Place, attempts: int) -> Terms:
    """Those of this process."""
    return Terms(place, _program(), platform.python_version(), duckdb.__version__, attempts)


def answer(asked: Terms, _number: int) -> tuple[str, UserError | None]:
    """The name of this machine, and what is wrong with it."""
    return socket.gethostname(), _wrong(asked)


def work(asked: Terms, task: Task) -> int | Exception:
    """Execute the task; returns its rows, or the error that no other attempt would cure."""
    os.umask(0o077)
    try:
        wrong: Exception | None = _wrong(asked)
        if wrong is None:
            return asked.place.work(task)
        curable = True  # on another machine
    except Exception as error:
        wrong, curable = error, isinstance(error, _AGAIN) and not _full(error)
    if curable and _attempt() + 1 < asked.attempts:
        raise Again(f"{task.table.name}, part {task.part}: {type(wrong).__name__}") from None
    return _sendable(wrong)


def _wrong(asked: Terms) -> UserError | None:
    own = terms(asked.place, asked.attempts)
    names = ("program", "python", "duckdb")
    other = [name for name in names if getattr(own, name) != getattr(asked, name)]
    if other:
        versions = ", ".join(
            f"{n} {getattr(own, n)[:12]} / {getattr(asked, n)[:12]}" for n in other
        )
        return UserError(both("spark.other_program", between=" / ", versions=versions,
                              machine=socket.gethostname()))  # fmt: skip
    if not asked.place.seen():
        return UserError(both("spark.not_shared", between=" / ", machine=socket.gethostname()))
    return None


@cache
def _program() -> str:
    return code()


def _attempt() -> int:
    from pyspark import TaskContext

    here = TaskContext.get()
    return here.attemptNumber() if here is not None else 0


def _full(error: Exception) -> bool:
    return any(os.strerror(one) in str(error) for one in _FULL)


def _sendable(error: Exception) -> Exception:
    """The error itself, or one that says of what kind it was, where it cannot travel."""
    try:
        # Our own bytes, made in the same line: whether the error can travel at all.
        pickle.loads(pickle.dumps(error))  # nosec B301
    except Exception:
        return TanggaError(f"{type(error).__name__} in a task")
    return error
