"""Adding to the trail: in the request's own transaction, so that nothing is seen unrecorded."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings

from tangga.web.database import prepared

if TYPE_CHECKING:
    from tangga.web.viewer import Viewer

# No RETURNING: a new event need not be visible to who makes it.
ADD = """
INSERT INTO public.audit_events
    (by_user, post, role, post_area, what, area, family_id, person_id, reason, about, request)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s)
"""
LONGEST_REASON = 500


def record(
    what: str,
    *,
    by: Viewer | None,
    family_id: str | None = None,
    person_id: str | None = None,
    area: str | None = None,
    reason: str = "",
    about: Mapping[str, Any] | None = None,
) -> None:
    """One event. by: who acts; None: the command line or a job.

    what: a word of `audit.what_...` in the texts. area: where what was seen or changed is; left
    out, the area of the viewer's post. about: further values; never a NIK, a KK or a name.
    """
    post = by.post if by is not None else None
    own = post.area if post is not None else ""
    prepared.table(
        ADD,
        [
            by.user.pk if by is not None and by.user is not None else None,
            post.id if post is not None else None,
            post.role.code if post is not None else "",
            own,
            what,
            own if area is None else area,
            family_id,
            person_id,
            reason[:LONGEST_REASON],
            json.dumps(dict(about or {}), default=str),
            by.request if by is not None else "",
        ],
    )


def fingerprint(text: str) -> str:
    """A keyed hash of what must not stand in the trail itself: the name of a failed login."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, b"audit:" + text.lower().encode(), hashlib.sha256).hexdigest()[:16]
