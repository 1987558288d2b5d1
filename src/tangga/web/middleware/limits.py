"""How many pages one account may open; and what any limit answered stands in the trail."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tangga.web.audit.pushed_back import pushed_back
from tangga.web.counted import Window
from tangga.web.errors import page
from tangga.web.viewer import ANYONE

OPENED = Window(3600)
"""Pages by account, counted by each process of the service for itself."""

OWN = ("/saya/", "/keluar/")


class Limits:
    """Where it is known who asks, and their transaction is still open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response; 429 leaves an event."""
        response = self.get_response(request)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            pushed_back(request, "limit_reached")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """None to go on; 429 in words for who has opened more than anybody reads. The way out and
        one's own account stay open."""
        viewer, most = request.viewer, settings.ENV.pages_an_hour  # type: ignore[attr-defined]
        open_to_all = getattr(view, "needed", ANYONE) == ANYONE
        if viewer.user is None or open_to_all or not most or settings.ENV.demo:
            return None
        if request.path_info.startswith(OWN):
            return None
        many, left = OPENED.count(viewer.user.pk)
        if many <= most:
            return None
        answer = page(request, HTTPStatus.TOO_MANY_REQUESTS, "pages")
        answer["Retry-After"] = str(int(left) + 1)
        return answer
