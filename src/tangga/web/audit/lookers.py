"""Who looked at a family: for its page, for those entitled to know."""

from __future__ import annotations

from typing import Any

from tangga.web.database.rows import rows

LOOKERS = """
SELECT e.at, coalesce(nullif(u.name, ''), u.username, '') AS by_name, e.role, e.post_area,
    e.what, e.reason
FROM public.audit_events AS e LEFT JOIN public.accounts_user AS u ON u.id = e.by_user
WHERE e.family_id = %s ORDER BY e.id DESC LIMIT %s
"""


def lookers(family_id: str, limit: int = 50) -> list[dict[str, Any]]:
    """The last events of a family: at, by_name ('' the service itself), role, post_area, what
    (a word of `audit.what_...`), reason. Only events of places that the viewer may see."""
    return rows(LOOKERS, [family_id, limit])
