"""How tests start Debian's Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from typing import Any

import pytest

WHERE = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launch_args(others: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a launch. Where there is no Chromium the test is skipped; in CI it fails."""
    found = next(filter(None, map(shutil.which, WHERE)), None)
    if found is None:
        reason = "no Chromium here: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return {**others, "executable_path": found, "args": list(QUIET)}
