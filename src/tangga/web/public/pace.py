"""Answers that all take as long, so that nobody learns anything from how long one took."""

from __future__ import annotations

import math
import time

STEP = 0.2
"""Seconds: an answer is given at a multiple of it. A check works for about a tenth of that."""


def now() -> float:
    """When something began, for `wait`."""
    return time.perf_counter()


def wait(began: float) -> None:
    """Until the next multiple of STEP since it began."""
    spent = time.perf_counter() - began
    time.sleep(max(0.0, math.ceil(spent / STEP) * STEP - spent))
