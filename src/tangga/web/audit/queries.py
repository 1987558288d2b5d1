"""The trail as an auditor reads it: only what happened in the places that the viewer sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from tangga.web.database.rows import rows

EVENTS = """
SELECT e.id, e.at, e.by_user, coalesce(u.username, '') AS username, e.role, e.post_area, e.what,
    e.area, e.family_id, e.person_id, e.reason, e.about::text AS about, e.request
FROM public.audit_events AS e LEFT JOIN public.accounts_user AS u ON u.id = e.by_user
WHERE (%(what)s = '' OR e.what = %(what)s)
    AND (%(who)s = '' OR u.username = lower(%(who)s))
    AND (%(family)s = '' OR e.family_id = %(family)s
        OR e.about->'families' @> to_jsonb(%(family)s::text))
    AND (%(since)s::date IS NULL OR e.at >= %(since)s::date::timestamp AT TIME ZONE %(zone)s)
    AND (%(until)s::date IS NULL
        OR e.at < (%(until)s::date + 1)::timestamp AT TIME ZONE %(zone)s)
    AND (%(before)s::bigint IS NULL OR e.id < %(before)s::bigint)
ORDER BY e.id DESC LIMIT %(limit)s
"""


def events(asked: Mapping[str, Any], limit: int) -> list[dict[str, Any]]:
    """The newest first. asked: what, who, family ('' any); since, until, before (None any)."""
    return rows(EVENTS, {**asked, "zone": settings.TIME_ZONE, "limit": limit})
