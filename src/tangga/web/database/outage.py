"""The database goes away, or its disk is full: told as what can be done, instead of as a fault."""

from __future__ import annotations

import psycopg
from psycopg import errors

from tangga.errors import UserError
from tangga.texts import both

_FULL = (errors.DiskFull, errors.OutOfMemory, errors.InsufficientResources)
_GONE = (
    errors.AdminShutdown,
    errors.CrashShutdown,
    errors.CannotConnectNow,
    errors.IdleSessionTimeout,
)


def outage(error: BaseException) -> UserError | None:
    """What to say of an error of the database's machine; None for every other error.

    Django wraps the error of the driver in one of its own, so the cause is looked at too.
    """
    for found in (error, error.__cause__):
        if isinstance(found, _FULL):
            return _said("machine.database_full")
        if isinstance(found, _GONE) or _lost(found):
            return _said("machine.database_gone")
    return None


def _lost(error: BaseException | None) -> bool:
    """Whether the connection broke: then the server could not send a code with its error."""
    return isinstance(error, psycopg.OperationalError) and error.sqlstate is None


def _said(key: str) -> UserError:
    what, todo = (both(name, between=" / ") for name in (key, f"{key}_todo"))
    return UserError(what, todo=todo)
