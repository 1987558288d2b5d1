"""Looking for a moment where the viewer's own area does not reach, for one purpose, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError

from tangga.web.database.scope import Scope, open_to
from tangga.web.viewer import Viewer, open_for


@contextmanager
def seeing(viewer: Viewer | None, area: str, *, case: bool = False) -> Iterator[None]:
    """Within it the transaction sees an area as the viewer's own. viewer None: the clock, which
    sees everything already. The caller says why this very viewer may look there."""
    if viewer is None:
        yield
        return
    open_to(Scope(area, case=case, user=viewer.user.pk))
    try:
        yield
    except DatabaseError:
        raise  # the transaction is taken back, and with it what it could see
    except BaseException:
        open_for(viewer)
        raise
    open_for(viewer)
