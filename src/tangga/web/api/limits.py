"""How often one token may ask."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tangga.web.api.problems import Problem

A_MINUTE = 600
"""Requests of one token a minute, counted by each process of the service for itself."""

WINDOW = 60.0
FORGET = 10_000


@dataclass
class Limiter:
    """Counts in windows of a minute; safe in threads."""

    most: int = A_MINUTE
    clock: Callable[[], float] = time.monotonic
    _counts: dict[int, tuple[float, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, token: int) -> None:
        """One request more; Problem `too_many` saying how long to wait."""
        now = self.clock()
        with self._lock:
            if len(self._counts) > FORGET:
                self._counts = {t: c for t, c in self._counts.items() if now - c[0] < WINDOW}
            since, so_far = self._counts.get(token, (now, 0))
            if now - since >= WINDOW:
                since, so_far = now, 0
            self._counts[token] = (since, so_far + 1)
        if so_far >= self.most:
            wait = max(1, int(WINDOW - (now - since)) + 1)
            raise Problem("too_many", {"Retry-After": str(wait)}, most=self.most, seconds=wait)


LIMITER = Limiter()
