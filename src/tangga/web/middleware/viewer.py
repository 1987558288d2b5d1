"""Puts the viewer on the request, opens their area, and lets nobody past a step they still owe."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from tangga.web.accounts.steps import lacks_second_factor, step_owed
from tangga.web.jinja import language_of
from tangga.web.viewer import (
    ACCOUNT,
    ANYONE,
    Viewer,
    act_as,
    open_for,
    posts_in_force,
    viewer_of,
)

API = "/api/"
"""Below it the API itself says who asks, by a token; a session counts for nothing there."""

SEEN_EVERY = 60
"""Seconds within which a session need not note again that it is in use."""


class SetViewer:
    """After authentication: who asks, in which post. What no view says is open, is closed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, with `request.viewer` known to whatever makes it."""
        language = language_of(request)
        with translation.override(language):
            request.viewer = Viewer(language=language)
            told = not request.path_info.startswith(API) and SESSION_KEY in request.session
            if told and _still_on(request):
                request.viewer = _viewer(request, request.viewer)
                request.step = step_owed(request, request.viewer)
                if request.step is None:
                    open_for(request.viewer)
            elif told:
                # Reading who the session says it is has made the transaction theirs.
                act_as(None)
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """None to go on to the view, or where the viewer has to go first."""
        needed = getattr(view, "needed", None)
        if needed == ANYONE or request.path_info.startswith(API):
            return None
        if request.viewer.user is None:
            return _to(request, reverse("login"), request.get_full_path())
        if needed == ACCOUNT:
            return None
        if needed is None:
            raise PermissionDenied("a view that does not say who may see it")
        return _to(request, reverse(request.step)) if request.step else None


def _viewer(request: HttpRequest, nobody: Viewer) -> Viewer:
    """The user in the post that they chose, or in their only one."""
    user = request.user
    posts = posts_in_force(user.pk)
    chosen = request.session.get("post")
    post = next((one for one in posts if one.id == chosen), None)
    if post is None and len(posts) == 1:
        post = posts[0]
    request.posts = posts
    confirmed = any(
        record.get("method") == "mfa" for record in get_authentication_records(request, user)
    )
    request.second_factor = confirmed
    if post is not None and lacks_second_factor(request, post):
        # Known, but in no role: nothing opens before the second factor.
        return replace(viewer_of(user, post, like=nobody), role=None, area=None)
    return viewer_of(user, post, like=nobody)


def _still_on(request: HttpRequest) -> bool:
    """Whether somebody is logged in, and neither away nor on for too long."""
    if not request.user.is_authenticated:
        return False
    now, session = time.time(), request.session
    began, seen = session.get("began"), session.get("seen", 0.0)
    if began is None:
        began = session["began"] = seen = session["seen"] = now
    if now - seen > settings.SESSION_IDLE or now - began > settings.SESSION_LONGEST:
        logout(request)
        session["ended"] = True
        return False
    if now - seen > SEEN_EVERY:
        session["seen"] = now
    return True


def _to(request: HttpRequest, url: str, then: str = "") -> HttpResponse:
    """Go there; a part of a page that asks by itself goes as a whole page."""
    if then and request.method == "GET" and then != "/":
        url = f"{url}?{urlencode({'next': then.partition('?')[0]})}"
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = url
        return answer
    return HttpResponseRedirect(url)
