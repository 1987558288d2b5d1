"""A session past the login page, for benches and tests of the service; Django is set up."""

from __future__ import annotations

import time
from typing import Any


def session_of(user: Any) -> str:
    """The key of a session as after the password and the second factor, both just confirmed."""
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
    return str(session.session_key)
