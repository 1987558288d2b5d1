"""Before any test imports NumPy: linear algebra on one thread, as the command does it."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
