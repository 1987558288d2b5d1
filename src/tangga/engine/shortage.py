"""Too little disk or memory, told as what the user can mend instead of as a fault."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from tangga.errors import UserError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def shortage_told(runs: Path) -> Iterator[None]:
    """Turn a full disk or too little memory into a UserError; every other error passes."""
    try:
        yield
    except MemoryError:
        raise _memory() from None
    except duckdb.OutOfMemoryException as error:
        raise (_disk(runs) if "max_temp_directory_size" in str(error) else _memory()) from None
    except duckdb.IOException as error:
        if not any(os.strerror(code) in str(error) for code in _FULL):
            raise
        raise _disk(runs) from None
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise _disk(runs) from None


def _disk(runs: Path) -> UserError:
    return UserError(
        "the disk is full, or no file may grow so large; the last complete run stays in force",
        file=runs,
        todo="Make room (old runs: tangga purge) and run again",
    )


def _memory() -> UserError:
    return UserError(
        "too little memory for this step; the last complete run stays in force",
        todo="Allow more with --memory, or cut the work finer with --parts",
    )
