"""What the machine refuses, told as what the user can mend instead of as a fault of the program.

Too little disk or memory, a folder that may not be written, a table that is cut off or broken.
Whichever it is, the last complete run stays in force: a run is put in force by a rename at its end.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from tangga.errors import UserError
from tangga.texts import both

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
_PARQUET = re.compile(r"""["']([^"']+\.parquet)["']""")
_BROKEN = re.compile("parquet|snappy|thrift|magic bytes|TProtocol", re.IGNORECASE)


@contextmanager
def shortage_told(runs: Path) -> Iterator[None]:
    """Turn what the machine refuses into a UserError; every other error passes."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        told = refusal(error, runs)
        if told is None:
            raise
        raise told from None


def refusal(error: BaseException, place: Path | None = None) -> UserError | None:
    """What to say of an error of the machine; None for an error that is none.

    place: the folder to name where the error does not say which file it was. Libraries wrap the
    system's errors in their own: what is inside is looked at too.
    """
    inside = (error, error.__cause__, *(one for one in error.args if isinstance(one, Exception)))
    found = (_refusal(one, place) for one in inside if one is not None)
    return next((told for told in found if told is not None), None)


def _refusal(error: BaseException, place: Path | None) -> UserError | None:
    if isinstance(error, MemoryError | BrokenProcessPool):
        return _said("machine.memory", None)
    if isinstance(error, duckdb.OutOfMemoryException):
        full = "max_temp_directory_size" in str(error)
        return _said("machine.disk_full", place) if full else _said("machine.memory", None)
    if isinstance(error, OSError) and error.errno is not None:
        return _of_system(error.errno, _path(error, place), place)
    if isinstance(error, duckdb.Error | pa.ArrowException):
        return _of_text(str(error), place)
    return None


def _of_system(number: int, file: Path | None, place: Path | None) -> UserError | None:
    if number in _FULL:
        return _said("machine.disk_full", place or file)
    return _said("machine.read_only", file) if number in _CLOSED else None


def _of_text(text: str, place: Path | None) -> UserError | None:
    """DuckDB and Arrow tell the system's errors in a sentence."""
    found = _PARQUET.search(text)
    file = Path(found[1]) if found else place
    if any(os.strerror(code) in text for code in _FULL):
        return _said("machine.disk_full", place or file)
    if any(os.strerror(code) in text for code in _CLOSED):
        return _said("machine.read_only", file)
    return (
        _said("machine.damaged", file) if found and _BROKEN.search(text) and _broken(file) else None
    )


def _broken(file: Path | None) -> bool:
    """Whether it is there: one that is missing, or a pattern of names, is another mistake."""
    return file is not None and file.is_file()


def _path(error: OSError, place: Path | None) -> Path | None:
    return Path(os.fsdecode(error.filename)) if error.filename else place


def _said(key: str, file: Path | None) -> UserError:
    what, todo = (both(name, between=" / ") for name in (key, f"{key}_todo"))
    return UserError(what, file=file, todo=todo)
