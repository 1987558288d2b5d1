"""Accounts and posts as an administrator sees them: posts come through their table's policy."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from tangga.web.database.rows import one, rows
from tangga.web.viewer import Viewer

# Held: in force or still to come. Whoever manages an account can act as its owner, so that all it
# holds must lie inside the administrator's area; what has ended counts for nothing. An account
# that holds nothing belongs to who made it, if it never reached further than they do.
MANAGED = """
CASE WHEN %(whole)s THEN true
WHEN EXISTS (SELECT FROM public.accounts_reach(u.id, %(today)s) AS r WHERE NOT r.ended)
THEN NOT EXISTS (SELECT FROM public.accounts_reach(u.id, %(today)s) AS r
    WHERE NOT r.ended AND NOT starts_with(r.area, %(area)s))
ELSE u.created_by_id = %(me)s AND NOT EXISTS (
    SELECT FROM public.accounts_reach(u.id, %(today)s) AS r WHERE NOT starts_with(r.area, %(area)s))
END
"""
# Whose post the administrator sees, and can end, though the account is not theirs to manage.
SEEN = """
EXISTS (SELECT FROM public.accounts_post AS p WHERE p.user_id = u.id
    AND (p.valid_to IS NULL OR p.valid_to > %(today)s))
"""
ACCOUNTS = f"""
SELECT u.id, u.username, u.name, u.is_active, u.last_login, u.must_change_password,
    (SELECT count(*) FROM public.accounts_post AS p
     WHERE p.user_id = u.id AND (p.valid_to IS NULL OR p.valid_to > %(today)s)) AS posts
FROM public.accounts_user AS u
WHERE u.id <> %(me)s
    AND (%(wanted)s = '' OR position(lower(%(wanted)s) IN lower(u.username || ' ' || u.name)) > 0)
    AND ({SEEN} OR ((%(whole)s OR u.created_by_id = %(me)s) AND {MANAGED}))
ORDER BY u.username LIMIT %(limit)s OFFSET %(offset)s
"""
HOW = f"""
SELECT {MANAGED} AS managed, {SEEN} AS seen FROM public.accounts_user AS u
WHERE u.id = %(user)s AND u.id <> %(me)s
"""
POSTS = """
SELECT p.id, p.role, p.area, p.worker, p.valid_from, p.valid_to, g.username AS given_by,
    (p.valid_to IS NULL OR p.valid_to > %(today)s) AS open
FROM public.accounts_post AS p LEFT JOIN public.accounts_user AS g ON g.id = p.given_by_id
WHERE p.user_id = %(user)s ORDER BY p.valid_to DESC NULLS FIRST, p.id
"""


def accounts(viewer: Viewer, wanted: str, *, limit: int, offset: int) -> list[dict[str, Any]]:
    """Accounts that the viewer manages or whose posts they see, by username; wanted: part of a
    username or a name."""
    asked = {"wanted": wanted, "limit": limit, "offset": offset}
    return rows(ACCOUNTS, {**_asking(viewer), **asked})


def may_manage(viewer: Viewer, user_id: int) -> bool:
    """Whether an account is the viewer's to manage; one's own never is."""
    return bool(_how(viewer, user_id)["managed"])


def may_see(viewer: Viewer, user_id: int) -> bool:
    """Whether the viewer manages an account, or sees a post of it that has not ended."""
    how = _how(viewer, user_id)
    return bool(how["managed"] or how["seen"])


def _how(viewer: Viewer, user_id: int) -> dict[str, Any]:
    found = one(HOW, {**_asking(viewer), "user": user_id}) if viewer.may("accounts") else None
    return found or {"managed": False, "seen": False}


def _asking(viewer: Viewer) -> dict[str, Any]:
    """Who asks, from which area, on which day."""
    return {
        "me": viewer.user.pk,
        "area": viewer.post.area if viewer.post is not None else "-",
        "whole": viewer.holds_everything,
        "today": timezone.localdate(),
    }


def posts(user_id: int) -> list[dict[str, Any]]:
    """The posts of an account that the viewer sees, those in force first."""
    return rows(POSTS, {"user": user_id, "today": timezone.localdate()})
