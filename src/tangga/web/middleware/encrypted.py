"""What programs ask goes over TLS, or is refused: led on, a token would cross the network in clear
each time, and nobody would notice."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tangga.web.api.problems import Problem, answer

API = "/api/"
READ_BY_PEOPLE = "/api/v1/docs"


class Encrypted:
    """Refuses the API over plain HTTP, before anything of the request is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response; 403 in words of the API where the service is meant to be asked over TLS."""
        asked_by_programs = (
            request.path_info.startswith(API) and request.path_info != READ_BY_PEOPLE
        )
        if settings.SECURE and asked_by_programs and not request.is_secure():
            return answer(Problem("not_encrypted"))
        return self.get_response(request)
