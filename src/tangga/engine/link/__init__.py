"""Which records are the same person? Number first, then weighed evidence, then the best link."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tangga.engine.context import Context


def run(ctx: Context) -> dict[str, int]:
    """The whole stage; see `stage.run`. Loads scipy, which a reader of its tables does without."""
    from tangga.engine.link import stage

    return stage.run(ctx)
