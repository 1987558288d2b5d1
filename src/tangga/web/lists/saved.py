"""Filters that somebody keeps: made and removed by their owner alone."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from tangga.web.audit.actions import record
from tangga.web.search.models import SavedFilter
from tangga.web.viewer import Viewer

MOST = 40
"""Filters that one post keeps."""


class NotKept(Exception):
    """The filter was not kept; `why` is the name of a text."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def kept_by(viewer: Viewer, list_: str | None = None) -> Sequence[SavedFilter]:
    """What a viewer keeps in their post, of one list or of all."""
    if viewer.post is None:
        return []
    found = SavedFilter.objects.filter(user_id=viewer.user.pk, post_id=viewer.post.id)
    return list(found.filter(list=list_) if list_ is not None else found.order_by("list", "name"))


def keep(*, by: Viewer, list_: str, name: str, query: str) -> SavedFilter:
    """Keep a list's filters under a name, in place of one of that name. NotKept says why not."""
    if by.post is None:
        raise NotKept("no_post")
    kept = SavedFilter(
        user_id=by.user.pk, post_id=by.post.id, list=list_, name=name.strip(), query=query
    )
    try:
        kept.clean_fields(exclude=["user", "post"])
    except ValidationError as wrong:
        raise NotKept("bad_name") from wrong
    with transaction.atomic():
        own = SavedFilter.objects.filter(user_id=by.user.pk, post_id=by.post.id)
        own.filter(list=list_, name=kept.name).delete()
        if own.count() >= MOST:
            raise NotKept("too_many_kept")
        kept.save(force_insert=True)
        record("filter_saved", by=by, about={"list": list_})
    return kept


def remove(*, by: Viewer, number: int) -> str | None:
    """Remove one of the viewer's own; the name of its list, None where they keep no such one."""
    found = [one for one in kept_by(by) if one.pk == number]
    for one in found:
        one.delete()
        record("filter_removed", by=by, about={"list": one.list})
    return found[0].list if found else None
