"""One transaction a request, around everything that renders: what it may see ends with it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotFound

from tangga.web.database import scope


class Transaction:
    """Opens the transaction closed: the area is opened when it is known who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, or what it is when nothing can be read; rolled back on a server error.

        RuntimeError for an answer that would be made after the transaction: out of its scope, a
        query would run as the owner.
        """
        if request.path_info.startswith(settings.STATIC_URL):
            # What whitenoise does not have, nobody has.
            return HttpResponseNotFound("404\n", content_type="text/plain; charset=utf-8")
        with transaction.atomic():
            request.release = scope.close()
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        if response.streaming and not isinstance(response, FileResponse):
            raise RuntimeError("a streamed answer leaves the transaction that says what it may see")
        return response
