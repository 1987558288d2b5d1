"""A group of processes whose memory the kernel limits, where this machine lets one be made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_KINDS = (
    (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes", "memory.max_usage_in_bytes"),
    (Path("/sys/fs/cgroup"), "memory.max", "memory.peak"),
)
"""Version 1 and version 2: where groups are, the limit, and the most that was in use."""


@dataclass
class Group:
    """inside: what starts a program in it; empty where none could be made. used_bytes: the most
    that the kernel counted for it, pages of files that it could have let go of included; None
    where the kernel does not tell."""

    inside: list[str] = field(default_factory=list)
    used_bytes: int | None = None

    @property
    def enforced(self) -> bool:
        """Whether the kernel kills who takes more."""
        return bool(self.inside)


@contextmanager
def limited(most_bytes: int) -> Iterator[Group]:
    """A group that may use so much, without swap. It is filled in when the block has ended."""
    for root, limit, used in _KINDS:
        place = root / f"tangga-bench-{os.getpid()}"
        if not _made(place, limit, most_bytes):
            continue
        group = Group(["sh", "-c", f'echo $$ > {place}/cgroup.procs && exec "$@"', "sh"])
        try:
            yield group
        finally:
            with suppress(OSError):
                group.used_bytes = int((place / used).read_text())
            with suppress(OSError):
                place.rmdir()
        return
    yield Group()


def _made(place: Path, limit: str, most_bytes: int) -> bool:
    try:
        place.mkdir()
    except OSError:
        return False
    try:
        (place / limit).write_text(str(most_bytes))
    except OSError:
        place.rmdir()
        return False
    with suppress(OSError):
        (place / "memory.swap.max").write_text("0")
    return True
