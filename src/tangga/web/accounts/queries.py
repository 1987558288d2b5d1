"""Accounts and posts as an administrator sees them: posts come through their table's policy."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from tangga.web.database.rows import rows, value
from tangga.web.viewer import Viewer

# An account belongs to who sees a post of it; without any post anywhere, to who made it.
MANAGED = """
(EXISTS (SELECT 1 FROM public.accounts_post AS p
         WHERE p.user_id = u.id AND p.user_id <> %(me)s)
 OR (u.created_by_id = %(me)s AND NOT EXISTS (SELECT 1 FROM public.accounts_roles_held(u.id))))
"""
ACCOUNTS = f"""
SELECT u.id, u.username, u.name, u.is_active, u.last_login, u.must_change_password,
    (SELECT count(*) FROM public.accounts_post AS p
     WHERE p.user_id = u.id AND (p.valid_to IS NULL OR p.valid_to > %(today)s)) AS posts
FROM public.accounts_user AS u
WHERE {MANAGED} AND u.id <> %(me)s
    AND (%(wanted)s = '' OR position(lower(%(wanted)s) IN lower(u.username || ' ' || u.name)) > 0)
ORDER BY u.username LIMIT %(limit)s OFFSET %(offset)s
"""
MAY_MANAGE = f"""
SELECT EXISTS (SELECT 1 FROM public.accounts_user AS u
               WHERE u.id = %(user)s AND u.id <> %(me)s AND {MANAGED})
"""
POSTS = """
SELECT p.id, p.role, p.area, p.worker, p.valid_from, p.valid_to, g.username AS given_by,
    (p.valid_to IS NULL OR p.valid_to > %(today)s) AS open
FROM public.accounts_post AS p LEFT JOIN public.accounts_user AS g ON g.id = p.given_by_id
WHERE p.user_id = %(user)s ORDER BY p.valid_to DESC NULLS FIRST, p.id
"""


def accounts(viewer: Viewer, wanted: str, *, limit: int, offset: int) -> list[dict[str, Any]]:
    """Accounts that the viewer manages, by username; wanted: part of a username or a name."""
    me = viewer.user.pk
    return rows(
        ACCOUNTS,
        {
            "me": me,
            "wanted": wanted,
            "limit": limit,
            "offset": offset,
            "today": timezone.localdate(),
        },
    )


def may_manage(viewer: Viewer, user_id: int) -> bool:
    """Whether an account is the viewer's to manage; one's own never is."""
    return bool(value(MAY_MANAGE, {"user": user_id, "me": viewer.user.pk}))


def posts(user_id: int) -> list[dict[str, Any]]:
    """The posts of an account that the viewer sees, those in force first."""
    return rows(POSTS, {"user": user_id, "today": timezone.localdate()})
