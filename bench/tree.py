"""Run a command and measure its whole process tree."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

INTERVAL, LOOK_AGAIN = 0.05, 10  # seconds between samples; samples between looks for children


@dataclass(frozen=True)
class Cost:
    """seconds: wall clock, start of the interpreter included. cpu_seconds: user and system of the
    process and all that it waited for. peak_bytes: largest sum of resident memory (RSS) over the
    tree, sampled each 50 ms; pages that processes share count once for each, so it is never too
    low by sharing, but a spike shorter than a sample can be missed."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


class Failed(RuntimeError):
    """The command did not end with 0; the text is what it wrote to stderr."""


def run(command: list[str], *, log: Path) -> Cost:
    """Run a command to its end; its output goes to `log`. Raises Failed when it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT)
        peak = _Peak(process.pid)
        peak.start()
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    peak.ended.set()
    peak.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise Failed(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    return Cost(round(seconds, 2), round(used.ru_utime + used.ru_stime, 2), peak.bytes)


@contextmanager
def peak(pid: int) -> Iterator[_Peak]:
    """The largest memory of a process that runs, and of its children, while this is open."""
    found = _Peak(pid)
    found.start()
    try:
        yield found
    finally:
        found.ended.set()
        found.join()


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs a module with this interpreter."""
    return [sys.executable, "-m", module, *arguments]


class _Peak(threading.Thread):
    """Samples the memory of a process and its descendants until told that it ended."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.root = psutil.Process(pid)
        self.tree = [self.root]
        self.bytes = 0
        self.ended = threading.Event()

    def run(self) -> None:
        count = 0
        while not self.ended.wait(INTERVAL):
            if count % LOOK_AGAIN == 0:
                self.tree = [self.root, *self._children()]
            self.bytes = max(self.bytes, sum(_resident(p) for p in self.tree))
            count += 1

    def _children(self) -> list[psutil.Process]:
        try:
            return self.root.children(recursive=True)
        except psutil.Error:
            return []


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0
