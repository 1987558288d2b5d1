"""What a stage cost: seconds, CPU-seconds, and peak memory of this process and its children."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Cost:
    """seconds: wall clock. cpu_seconds: user and system, children included. peak_bytes: the
    largest resident memory of this process (or of the largest child, where that was more)."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


class Stopwatch:
    """Measures from its making to `stop()`."""

    def __init__(self) -> None:
        _forget_peak()
        self.wall, self.cpu = time.perf_counter(), _cpu()

    def stop(self) -> Cost:
        """What happened since the watch was made."""
        return Cost(round(time.perf_counter() - self.wall, 3), round(_cpu() - self.cpu, 3), _peak())


def _cpu() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _forget_peak() -> None:
    try:
        _RESET.write_text("5")
    except OSError:
        return  # not Linux, or not allowed: the peak is then that of the whole process so far


def _peak() -> int:
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return max(child, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    high = next((line for line in lines if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return max(child, int(high.split()[1]) * 1024)
