"""Users of the tests: a post in a role and an area, and a way past the login page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.web_login import session_of

PASSWORD = "tangga-naik-setangga-9"  # pragma: allowlist secret


def make_user(role: str, area: str, *, username: str = "", **more: Any) -> Any:
    """A user with one post; more: of the post (worker, valid_from, valid_to)."""
    from tangga.web.accounts.actions import create_account, give_post
    from tangga.web.accounts.models import User

    username = username or "-".join(part for part in (role.replace("_", "-"), area) if part)
    found = User.objects.filter(username=username).first()
    user = found or create_account(username=username, password=PASSWORD, name=username, by=None)[0]
    if found is None or more:
        give_post(user=user, role=role, area=area, by=None, **more)
    return user


def log_in(client: Any, user: Any) -> None:
    """As after the login page and the second factor, both just confirmed once more."""
    from django.conf import settings

    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
