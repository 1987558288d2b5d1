"""Where somebody has logged in before, wrong passwords from elsewhere keep them out no longer.

A cookie says which accounts have logged in at this browser, by keyed hashes. There, and there
alone, failures are counted apart from those of everybody else; it opens nothing.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

SALT = "tangga.web.accounts.known_devices"
LONGEST = 180 * 24 * 3600
"""Seconds that a browser is known after the last time somebody logged in there."""

MOST = 8
"""Accounts of one browser: a village office shares a computer. The oldest go."""


def known_as(request: HttpRequest, username: str) -> str:
    """What failures of this account at this browser are counted by; '' where it is not known."""
    device, marks = _held(request)
    return device if _mark(username) in marks else ""


def remember(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """From here on this browser is one where the account has logged in."""
    device, marks = _held(request)
    mine = _mark(username)
    others = [mark for mark in marks if mark != mine]
    held = [device or secrets.token_hex(16), *[*others, mine][-MOST:]]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(held, salt=SALT),
        max_age=LONGEST,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _held(request: HttpRequest) -> tuple[str, list[str]]:
    """The browser's own number and the marks of its accounts; nothing without a cookie of ours."""
    try:
        said = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
        device, *marks = signing.loads(said, salt=SALT, max_age=LONGEST)
    except (signing.BadSignature, ValueError):
        return "", []
    return device, marks


def _mark(username: str) -> str:
    return salted_hmac(SALT, username.strip().lower(), algorithm="sha256").hexdigest()[:32]
