"""Opening a part of the register for one query of somebody who has not logged in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tangga.web.database.scope import Scope, open_to
from tangga.web.viewer import Viewer, act_as, open_for

NOBODY = "-"
"""An area in which nobody lives: opens what is open to everybody, and no row of any family."""


@contextmanager
def opened(area: str, viewer: Viewer) -> Iterator[None]:
    """See the rows of an area ('' the nation), never cases; then again what the viewer may see.

    Nobody's transaction is closed again whatever happens in between.
    """
    open_to(Scope(area))
    try:
        yield
    finally:
        open_to(Scope(None))
        if viewer.role is not None:
            open_for(viewer)
        elif viewer.user is not None:
            act_as(viewer.user.pk)
