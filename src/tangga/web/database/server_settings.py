"""The settings of a server of our own."""

from __future__ import annotations

import os
from pathlib import Path

FILE = "tangga.conf"
"""Beside PostgreSQL's own postgresql.conf, which includes it; written anew at each start."""

PLAIN = {
    "listen_addresses": "",
    "max_connections": "100",
    "max_wal_size": "4GB",
    # Nobody reads the log of changes but recovery itself: copies are made by pg_dump, not from it.
    # So what a load writes into tables of its own transaction goes to disk once, not twice.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
    # Pages are small questions: compiling one would take longer than answering it.
    "jit": "off",
    "timezone": "UTC",
    "lc_messages": "C",
    # Personal data stay out of the log: no statement, no parameter, no "Key (nik)=(...)".
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_duration_statement": "-1",
}
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "1GB",
    "shared_buffers": "128MB",
    "autovacuum_naptime": "1h",
}
"""For tests: nothing has to outlive the machine."""


def text(socket: Path, fast: bool) -> str:
    """The file's text: one `name = 'value'` a line."""
    chosen = {
        **PLAIN,
        "shared_buffers": f"{_a_quarter_of_memory()}MB",
        **(CARELESS if fast else {}),
        "unix_socket_directories": str(socket),
        "unix_socket_permissions": "0700",
    }
    lines = [f"{name} = {_quoted(value)}" for name, value in chosen.items()]
    return "\n".join(["# Written by Tangga at each start.", *lines, ""])


def _a_quarter_of_memory(least: int = 128, most: int = 1024) -> int:
    """Megabytes for shared buffers; the engine and the browser want room too."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(least, min(memory // 4, most))


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
