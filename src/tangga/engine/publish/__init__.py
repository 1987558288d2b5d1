"""The stage `publish`: the release for the web, and open numbers by area."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tangga.engine.context import Context


def run(ctx: Context) -> dict[str, int]:
    """Write the release and the open tables; returns rows by table."""
    # Not above: it loads scipy, which the commands that publish nothing need not wait for.
    from tangga.engine.publish.stage import run

    return run(ctx)


def published(run: Path) -> dict[str, Any]:
    """What a run's manifest says of its release; {} where it has none."""
    from tangga.engine.publish.stage import published

    return published(run)
