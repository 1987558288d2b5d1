"""Which records are the same person? Number first, then weighed evidence, then the best link."""

from tangga.engine.link.stage import run

__all__ = ["run"]
