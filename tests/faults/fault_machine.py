"""What a test does to the machine: a small disk, a read-only folder, little memory, another clock.

Each says with `pytest.skip`, in words, what it needs where it cannot be had.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

BACK = "-400d"
"""How far the clock is set back: more than a year, so that every date is another."""


def _root() -> bool:
    return os.geteuid() == 0


@contextmanager
def small_disk(place: Path, size: int) -> Iterator[None]:
    """A file system in memory of so many bytes at this folder, empty; for root alone."""
    place.mkdir(parents=True, exist_ok=True)
    made = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tangga-faults", str(place)]
    if not _root() or subprocess.run(made, capture_output=True).returncode != 0:
        pytest.skip("a small disk needs root, and leave to mount: sudo ./tangga test -m faults")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def resized(place: Path, size: int) -> None:
    """Make room on it."""
    subprocess.run(["mount", "-o", f"remount,size={size}", str(place)], check=True)


@contextmanager
def read_only(place: Path) -> Iterator[None]:
    """Nobody may write below this folder: mounted so for root, else by its permissions."""
    if not _root():
        place.chmod(0o500)
        try:
            yield
        finally:
            place.chmod(0o700)
        return
    bind = ["mount", "--bind", str(place), str(place)]
    if subprocess.run(bind, capture_output=True).returncode != 0:
        pytest.skip("root may write everywhere, and may not mount here: run it as a user")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(place)], check=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def clock_set_back() -> list[str]:
    """What starts a program whose clock is set back (libfaketime)."""
    if shutil.which("faketime") is None:
        pytest.skip("no libfaketime: apt-get install faketime")
    return ["faketime", "-f", BACK]


@contextmanager
def little_memory(megabytes: int) -> Iterator[list[str]]:
    """A group of processes whose memory the kernel limits: what starts a program in it.

    Beyond the limit the kernel kills, as it does on a machine that is too small.
    """
    for group, limit in _groups():
        with suppress(OSError):
            group.mkdir()
            try:
                (group / limit).write_text(str(megabytes * 2**20))
                _no_swap(group)
                yield ["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh"]
                return
            finally:
                _remove(group)
    pytest.skip("no group of processes (cgroup) may be made here: it needs root, and leave")


def _groups() -> Iterator[tuple[Path, str]]:
    """Where one may be made: the memory of version 1, then version 2."""
    name = f"tangga-faults-{os.getpid()}"
    yield Path("/sys/fs/cgroup/memory") / name, "memory.limit_in_bytes"
    yield Path("/sys/fs/cgroup") / name, "memory.max"


def _no_swap(group: Path) -> None:
    with suppress(OSError):
        (group / "memory.swap.max").write_text("0")


def _remove(group: Path) -> None:
    with suppress(OSError):
        group.rmdir()
