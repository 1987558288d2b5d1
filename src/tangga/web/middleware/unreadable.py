"""Requests with a sign that no text has: refused before any view, alike for everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

NUL = "\0"
"""PostgreSQL keeps none, so a view that asked it would fail, and by failing tell what it asked."""


class Unreadable:
    """400 for a NUL in the address, in what is asked behind it, or in a form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> None:
        """SuspiciousOperation, which is answered as 400."""
        # Such a view reads its form by itself, larger than fits into memory, or reads none.
        forms = not getattr(view, "csrf_exempt", False)
        if any(NUL in text for text in _texts(request, forms=forms)):
            raise SuspiciousOperation("a NUL in a request")


def _texts(request: HttpRequest, *, forms: bool) -> Iterator[str]:
    yield request.path_info
    for form in (request.GET, request.POST) if forms else (request.GET,):
        for name, values in form.lists():
            yield name
            yield from _strings(values)
    for name, files in request.FILES.lists() if forms else ():
        yield name
        yield from (file.name or "" for file in files)


def _strings(values: Iterable[Any]) -> Iterator[str]:
    yield from (one for one in values if isinstance(one, str))
