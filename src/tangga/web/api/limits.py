"""How often one token may ask."""

from __future__ import annotations

import time
from collections.abc import Callable

from tangga.web.api.problems import Problem
from tangga.web.counted import Window

A_MINUTE = 600
"""Requests of one token a minute, counted by each process of the service for itself."""

WINDOW = 60.0


class Limiter:
    """Counts in windows of a minute; safe in threads."""

    def __init__(self, most: int = A_MINUTE, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.window = most, Window(WINDOW, clock)

    def count(self, token: int) -> None:
        """One request more; Problem `too_many` saying how long to wait."""
        many, left = self.window.count(token)
        if many > self.most:
            wait = max(1, int(left) + 1)
            raise Problem("too_many", {"Retry-After": str(wait)}, most=self.most, seconds=wait)


LIMITER = Limiter()
