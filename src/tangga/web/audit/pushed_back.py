"""Attempts that were pushed back: limits that were reached, and forms without their mark.

The first of a quarter of an hour is recorded, for each page and account, by each process of the
service: a flood fills no trail.
"""

from __future__ import annotations

from typing import Literal

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from tangga.web.audit.actions import fingerprint, record
from tangga.web.counted import Window
from tangga.web.viewer import ANYONE, NOBODY, Viewer

EVERY = 15 * 60
NOTED = Window(EVERY)


def pushed_back(request: HttpRequest, what: Literal["limit_reached", "form_refused"]) -> None:
    """One event, unless there was one of its kind lately: the name of the page, who asked where
    that is known, and a keyed hash of where from."""
    viewer: Viewer = getattr(request, "viewer", NOBODY)
    match = request.resolver_match
    # To a stranger all pages that are not open are one: who tries them in turn is told of once.
    shown = match and (viewer.user is not None or getattr(match.func, "needed", "") == ANYONE)
    page = match.view_name if match and shown else ""
    if NOTED.count((what, page, viewer.user and viewer.user.pk))[0] > 1:
        return
    came = fingerprint(get_adapter(request).get_client_ip(request))
    record(what, by=viewer, about={"page": page, "from": came})
