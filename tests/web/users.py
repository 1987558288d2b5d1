"""Users of the tests: a post in a role and an area, and a way past the login page."""

from __future__ import annotations

import time
from typing import Any

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
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    now = time.time()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [
        {"method": method, "at": now, "reauthenticated": True} for method in ("password", "mfa")
    ]
    session["began"] = session["seen"] = now
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
