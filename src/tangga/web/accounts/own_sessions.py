"""One's own sessions: since when, last used when, on what; and the end of others."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from tangga.web.audit.actions import record
from tangga.web.database.prepared import value
from tangga.web.database.rows import rows

MINE = "SELECT * FROM public.sessions_mine(%s, %s, %s)"
END = "SELECT public.sessions_end_mine(%s, %s)"

# The first that is part of what a browser says of itself: Edge and Opera say Chrome as well.
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Macintosh": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}


def device_of(request: HttpRequest) -> str:
    """Roughly what somebody sits at, such as `Firefox, Android`; '' where it says nothing known."""
    said = request.headers.get("User-Agent", "")
    known = (BROWSERS, SYSTEMS)
    found = (next((name for sign, name in one.items() if sign in said), "") for one in known)
    return ", ".join(filter(None, found))


def begin(request: HttpRequest) -> None:
    """Of the session in which somebody has just logged in: since when, and on what."""
    session = request.session
    session["began"] = session["seen"] = time.time()
    session["device"] = device_of(request)


def mine(request: HttpRequest) -> list[dict[str, Any]]:
    """number, this (whether it is the one that asks), began, seen, device; this one first, then the
    last used."""
    now = timezone.now()
    idle = timedelta(seconds=settings.SESSION_IDLE)
    return rows(MINE, [request.session.session_key or "", now, now - idle])


def end(request: HttpRequest, number: int | None) -> int:
    """End one of one's own sessions, or all (None), but the one that asks; how many there were."""
    ended = int(value(END, [request.session.session_key or "", number]))
    if ended:
        record("sessions_ended", by=request.viewer, about={"sessions": ended})  # type: ignore[attr-defined]
    return ended
