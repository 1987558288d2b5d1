"""Before any test imports NumPy: linear algebra on one thread, as the command does it.

And no property is timed: on a busy machine a slow example is none that fails.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import HealthCheck, settings

settings.register_profile(
    "tangga", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tangga")
