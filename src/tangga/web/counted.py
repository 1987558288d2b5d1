"""How often something happened in a window of time, counted by this process alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

FORGET = 10_000
"""So many keys are kept before those whose window is over are let go."""


@dataclass
class Window:
    """Counts by key, in windows of so many seconds that begin with the first; safe in threads."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    _counts: dict[Hashable, tuple[float, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, key: Hashable) -> tuple[int, float]:
        """One more: how many there were with it, and the seconds until counting begins anew."""
        now = self.clock()
        with self._lock:
            if len(self._counts) > FORGET:
                self._counts = {k: c for k, c in self._counts.items() if now - c[0] < self.seconds}
            since, so_far = self._counts.get(key, (now, 0))
            if now - since >= self.seconds:
                since, so_far = now, 0
            self._counts[key] = (since, so_far + 1)
        return so_far + 1, self.seconds - (now - since)
