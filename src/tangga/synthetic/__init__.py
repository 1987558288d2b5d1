"""Invented Indonesian people, in sources with known truth. Nobody in them exists."""

from __future__ import annotations

from tangga.synthetic.flags import MEANING as FLAGS
from tangga.synthetic.workspace import DEFAULT_AREAS, PEOPLE_SOURCES, SOURCES, generate

__all__ = ["DEFAULT_AREAS", "FLAGS", "PEOPLE_SOURCES", "SOURCES", "generate"]
