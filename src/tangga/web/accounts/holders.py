"""Who may do something, for the command line: there nobody has logged in."""

from __future__ import annotations

from django.db import transaction

from tangga.web.accounts.models import User
from tangga.web.viewer import posts_in_force, viewer_of


def holder(username: str, verb: str) -> str | None:
    """The username of an open account with a post in force that has the verb; None for any other.

    username: as typed, in whatever letters.
    """
    user = User.objects.filter(username=username.strip().lower(), is_active=True).first()
    if user is None:
        return None
    with transaction.atomic():
        posts = posts_in_force(user.pk)
    may = any(viewer_of(user, post).may(verb) for post in posts)
    return str(user.username) if may else None
