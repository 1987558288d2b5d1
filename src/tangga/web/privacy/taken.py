"""Whose data left the service with a list: kept, so that it can be told afterwards."""

from __future__ import annotations

from collections.abc import Iterable

from tangga.web.privacy.models import Taken
from tangga.web.register.tables import NATION
from tangga.web.viewer import Viewer


def keep_taken(
    what: str, *, by: Viewer, area: str, list_: str, families: Iterable[str | None], case: bool
) -> None:
    """In the transaction of the file. what: the word of the trail's event of the same request."""
    found = sorted({one for one in families if one})
    if found and by.user is not None:
        Taken.objects.create(
            request=by.request,
            by_id=by.user.pk,
            area=area or NATION,
            what=what,
            list=list_,
            families=found,
            cased=case,
        )
