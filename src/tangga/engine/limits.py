"""How much memory a run may use, and into how many parts that cuts it."""

from __future__ import annotations

import math
import os
import re

from tangga.errors import UserError

# Python, the libraries and the buffers of Parquet writers, beside what DuckDB counts itself.
OVERHEAD = 500 * 2**20
# DuckDB's own limit is not exact; this share of what is left keeps the whole within bounds.
SHARE = 0.72
# What keyed steps need for each byte of source files, at most, when not cut (measured).
NEED = 7.0
# Parts for each worker: one that is slow or lost then holds the others up for a part only.
ROUNDS = 3
_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_UNITS |= {"KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]i?B)\s*", re.IGNORECASE)


def read_size(text: str) -> int:
    """`2GB` as bytes; UserError for anything else."""
    match = _SIZE.fullmatch(text)
    if not match:
        raise UserError("not a size", value=text, todo="Write it like 2GB or 800MB")
    return int(float(match[1]) * _UNITS[match[2].upper()])


def duckdb_limit(memory: str | None) -> str | None:
    """DuckDB's limit within a limit on the whole process; None where none was asked for."""
    if memory is None:
        return None
    left = int((read_size(memory) - OVERHEAD) * SHARE)
    if left < 150 * 10**6:
        raise UserError("too little memory to work in", value=memory, todo="Allow at least 800MB")
    return f"{left // 10**6}MB"


def share(limit: str | None, processes: int) -> str | None:
    """DuckDB's limit in each of several processes that work at the same time."""
    if limit is None or processes == 1:
        return limit
    return f"{max(1, read_size(limit) // processes // 10**6)}MB"


def parts_for(memory: str | None, input_bytes: int, slots: int = 1, beside: int = 1) -> int:
    """How many parts keep a keyed step within the limit, and `slots` workers at work.

    beside: how many of the workers share the memory of one machine.
    """
    least = 1 if slots == 1 else ROUNDS * slots
    limit = share(duckdb_limit(memory), beside)
    if limit is None:
        return least
    return max(least, math.ceil(input_bytes * NEED / read_size(limit)))


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
