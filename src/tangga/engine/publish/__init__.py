"""The stage `publish`: the release for the web, and open numbers by area."""

from tangga.engine.publish.stage import published, run

__all__ = ["published", "run"]
