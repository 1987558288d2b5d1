"""Answers that a limit gave stand in the trail, whichever limit it was."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from tangga.web.audit.pushed_back import pushed_back


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
