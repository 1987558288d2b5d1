"""Standardise: every source in the registry's words, with what is wrong beside it."""

from tangga.engine.standardise.stage import run

__all__ = ["run"]
