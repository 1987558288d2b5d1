"""Whose what comes in is."""

from __future__ import annotations

from tangga.web.database.scope import FIRST
from tangga.web.viewer import Viewer


def own_area(viewer: Viewer) -> str:
    """The area that what a viewer brings in belongs to."""
    return viewer.area or FIRST
