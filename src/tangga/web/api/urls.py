"""The API and the page of its tokens."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from tangga.web.api.operations import decided, families, listed, persons, places
from tangga.web.api.problems import Problem, answer
from tangga.web.api.service import api
from tangga.web.viewer import for_anyone

SUBJECTS = (places, families, persons, decided, listed)
"""Imported so that their operations are there."""


def _in_words(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view; a method that it does not take is a problem like every other."""

    @wraps(view)
    def called(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        return answer(Problem("wrong_method", {"Allow": response.headers["Allow"]}))

    # Whoever asks is asked for a token by the operation itself.
    return for_anyone(called)


app_name = "api"
urlpatterns: list[URLPattern] = api.urls[0]
for pattern in urlpatterns:
    pattern.callback = _in_words(pattern.callback)
