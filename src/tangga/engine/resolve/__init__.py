"""Who exists, in which family, and what do we believe about them?"""

from tangga.engine.resolve.stage import run

__all__ = ["run"]
