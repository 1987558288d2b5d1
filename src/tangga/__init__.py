"""Tangga: one register of families and people, from source files to decisions."""

__version__ = "0.1.0"
