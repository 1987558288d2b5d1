"""Who stands on which rung, what comes next, for whom is there a place?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tangga.engine.context import Context


def run(ctx: Context) -> dict[str, int]:
    """Write the tables of the stage; returns rows by table."""
    # Not above: the stage runs the measured plan, which reads modules of this package.
    from tangga.engine.plan.stage import run

    return run(ctx)
