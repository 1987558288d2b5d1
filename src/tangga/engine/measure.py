"""What a stage cost, and each step of it: seconds, CPU-seconds, and peak memory.

Of this process and its children.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")
Progress = Callable[[str, int, int], None]


@dataclass
class Cost:
    """seconds: wall clock. cpu_seconds: user and system, children included. peak_bytes: the
    largest resident memory of this process (or of the largest child, where that was more)."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0


class Stopwatch:
    """Measures from its making to `stop()`; with `telling`, each step on the way as well."""

    def __init__(self) -> None:
        _forget_peak()
        self.begun = self.lap = (time.perf_counter(), _cpu())
        self.high = 0
        self.last = ""
        self.costs: dict[str, Cost] = {}

    def telling(self, progress: Progress) -> Progress:
        """The same progress, by which the steps are measured.

        A step that reports `done` more than 0 has taken the time since the report before; one that
        reports 0 begins, and the time before belongs to the step before it.
        """

        def told(step: str, done: int, total: int) -> None:
            self._lap(step if done or not self.last else self.last, ended=done in (0, total))
            self.last = step
            progress(step, done, total)

        return told

    def stop(self) -> Cost:
        """What happened since the watch was made; what came after the last report is its step's."""
        if self.costs:
            self._lap(self.last, ended=True)
        wall, cpu = time.perf_counter() - self.begun[0], _cpu() - self.begun[1]
        return Cost(round(wall, 3), round(cpu, 3), max(self.high, _peak()))

    def steps(self) -> dict[str, dict[str, Any]]:
        """Step -> what it cost, in the order in which they came first."""
        return {
            step: asdict(Cost(round(c.seconds, 3), round(c.cpu_seconds, 3), c.peak_bytes))
            for step, c in self.costs.items()
        }

    def _lap(self, step: str, *, ended: bool) -> None:
        now = (time.perf_counter(), _cpu())
        cost = self.costs.setdefault(step, Cost())
        cost.seconds += now[0] - self.lap[0]
        cost.cpu_seconds += now[1] - self.lap[1]
        cost.peak_bytes = max(cost.peak_bytes, _peak())
        self.lap, self.high = now, max(self.high, cost.peak_bytes)
        if ended:
            _forget_peak()


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
