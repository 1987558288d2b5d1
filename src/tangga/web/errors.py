"""Pages of what went wrong: in words, without a trace, and without asking the database."""

from __future__ import annotations

import sys
from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from psycopg.pq import TransactionStatus

from tangga import texts
from tangga.web.access import access
from tangga.web.api import problems
from tangga.web.audit.pushed_back import pushed_back
from tangga.web.jinja import language_of

PAGES = (400, 403, 404, 405, 413, 429, 500, 503)
"""Each status with a page of its own; any other mistake of a request looks as 400."""

GONE_SECONDS = 5
API = "/api/"


def page(request: HttpRequest, status: int, key: str = "") -> HttpResponse:
    """The page of a status; key: a text of its own, `errors.KEY` and `errors.KEY_todo`.

    With menu and the way out for whoever is known, where the database can still be asked.
    """
    if request.path_info.startswith(API):
        return problems.of_status(status)
    language = language_of(request)
    shown = status if status in PAGES else (500 if status >= 500 else 400)

    def say(name: str, **values: object) -> str:
        return texts.say(name, language, **values)

    context = {"status": status, "key": key or f"e{shown}"}
    if status < HTTPStatus.INTERNAL_SERVER_ERROR and _may_ask(request):
        request.here = "/"  # type: ignore[attr-defined]
        framed = engines["jinja2"].get_template("error_framed.html")
        return HttpResponse(framed.render(context, request), status=status)
    template = engines["jinja2"].get_template("error.html")
    # No request: context processors would ask the database, which may be what is gone.
    return HttpResponse(template.render({**context, "lang": language, "say": say}), status=status)


def _may_ask(request: HttpRequest) -> bool:
    """Whether it is known who asks, and their transaction is still there and whole."""
    viewer = getattr(request, "viewer", None)
    if viewer is None or viewer.user is None or not connection.in_atomic_block:
        return False
    raw = connection.connection
    return raw is not None and raw.info.transaction_status == TransactionStatus.INTRANS


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; 413 where what was sent is too large."""
    too_big = isinstance(exception, RequestDataTooBig | TooManyFilesSent)
    return page(request, 413 if too_big else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403; where the role has the right, and only the area is too narrow for it, that is said."""
    return page(request, 403, "whole_only" if _too_narrow(request, exception) else "")


def _too_narrow(request: HttpRequest, exception: Exception) -> bool:
    """Whether the role may do it, though only over the whole register of this service."""
    role = getattr(getattr(request, "viewer", None), "role", None)
    verb = access().verbs.get(str(exception))
    return verb is not None and verb.whole and role is not None and verb.code in role.verbs


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not in the viewer's area; which of them is not told."""
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 where the database does not answer, which passes."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        answer = page(request, 503)
        answer["Retry-After"] = str(GONE_SECONDS)
        return answer
    return page(request, 500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the page was open for too long, or was not ours."""
    pushed_back(request, "form_refused")
    return page(request, 403, "csrf")


def too_many(request: HttpRequest) -> HttpResponse:
    """429, of the pages that django-allauth counts."""
    return page(request, 429)


class ErrorPages:
    """A page for answers that only carry a status: 405, 429."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; an empty one of a mistake gets its page."""
        answer = self.get_response(request)
        if answer.streaming or answer.status_code < HTTPStatus.BAD_REQUEST or answer.content:
            return answer
        filled = page(request, answer.status_code)
        if "Allow" in answer:
            filled["Allow"] = answer["Allow"]
        return filled
