"""The memory of several processes together, pages that they share counted once.

with watched(os.getpid(), postmaster(data)) as peak:
    ...
peak.bytes      # of each root with its children, and of all
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

INTERVAL = 2.0
"""Seconds between two looks: the kernel walks all pages of a process for each."""


@dataclass
class Peak:
    """bytes: the largest sum of proportional set sizes (PSS) seen, of each root's tree and of all
    trees at one time; a page of PostgreSQL's shared buffers counts once, not once a connection.
    cpu: seconds that the looking itself took, of this process."""

    roots: tuple[int, ...]
    bytes: dict[int | str, int] = field(default_factory=dict)
    cpu: float = 0.0

    def look(self) -> None:
        """Sample every tree once."""
        began = time.thread_time()
        now = {root: sum(map(_proportional, _tree(root))) for root in self.roots}
        for name, size in [*now.items(), ("all", sum(now.values()))]:
            self.bytes[name] = max(size, self.bytes.get(name, 0))
        self.cpu += time.thread_time() - began


@contextmanager
def watched(*roots: int) -> Iterator[Peak]:
    """Sample the trees of these processes until the block ends."""
    peak, ended = Peak(roots), threading.Event()

    def run() -> None:
        while not ended.wait(INTERVAL):
            peak.look()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()
        peak.look()


def _tree(root: int) -> list[int]:
    with suppress(psutil.Error):
        return [root, *(child.pid for child in psutil.Process(root).children(recursive=True))]
    return []


def _proportional(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def on_disk(folder: Path) -> int:
    """Bytes that the files of a folder take on the disk, however large they say they are."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.lstat().st_blocks * 512
    return total


def postmaster(data: Path) -> int:
    """The first process of the PostgreSQL that keeps its cluster in this folder."""
    text = (data / "cluster" / "postmaster.pid").read_text()
    return int(text.split("\n", 1)[0])
