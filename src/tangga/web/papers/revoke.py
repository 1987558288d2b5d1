"""Taking a paper back: it stays as it is, and whoever checks it is told."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from tangga.errors import UserError
from tangga.web.papers.kinds import kinds
from tangga.web.papers.models import Paper
from tangga.web.papers.trail import note
from tangga.web.today import today
from tangga.web.viewer import Viewer

SHORTEST = 10


class NotRevoked(UserError):
    """A paper that cannot be taken back. key: of the texts `web_papers`."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def revoke(
    paper: Paper, *, by: Viewer | None, reason: str, replaced_by: Paper | None = None
) -> Paper:
    """The paper, revoked today. NotRevoked for one that is already, or without a reason in words;
    PermissionDenied unless the viewer may issue such a paper, or papers at all, of that office."""
    if by is not None and not may_revoke(by, paper):
        raise PermissionDenied("papers")
    said = " ".join(reason.split())
    if len(said) < SHORTEST:
        raise NotRevoked("reason_missing")
    with transaction.atomic():
        held = Paper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
        if held.revoked_on is not None:
            raise NotRevoked("already_revoked")
        held.revoked_on, held.revoked_why = today(), said[:300]
        held.revoked_by_id = by.user.pk if by is not None else None
        held.replaced_by = replaced_by
        held.save(update_fields=["revoked_on", "revoked_why", "revoked_by", "replaced_by"])
        note("paper_revoked", held, by=by, reason=said)
    return held


def may_revoke(viewer: Viewer, paper: Paper) -> bool:
    """Of its own office, with the verb that issues it."""
    if viewer.post is None or not paper.office.startswith(viewer.post.area):
        return False
    kind = kinds().get(paper.kind)
    verbs = kind.verbs if kind is not None and kind.verbs else ("papers",)
    return any(viewer.may(one) for one in verbs)
