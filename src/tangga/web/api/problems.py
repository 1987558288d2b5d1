"""What the API answers when it cannot do what was asked: problem+json (RFC 9457), in two languages.

No sentence repeats what was sent: a name or a number in a request must not come back in an answer
that somebody logs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from ninja import Schema
from pydantic import ConfigDict, Field

from tangga.texts import say

CONTENT_TYPE = "application/problem+json"
KINDS: dict[str, int] = {
    "not_readable": 400,
    "bad_cursor": 400,
    "no_token": 401,
    "unknown_token": 401,
    "expired_token": 401,
    "not_allowed": 403,
    "not_encrypted": 403,
    "not_found": 404,
    "wrong_method": 405,
    "too_large": 413,
    "not_json": 415,
    "not_valid": 422,
    "too_many": 429,
    "broken": 500,
    "unavailable": 503,
}
"""Each kind of problem with its status; its words are `web_api_problem.KIND`."""

STATUSES = tuple(sorted(set(KINDS.values())))
BIGGEST_BODY = 64 * 1024
"""Bytes of a request's body."""

WAIT_FOR_THE_DATABASE = 5


class Mistake(Schema):
    """One value that is not valid: where it stands, and which rule it breaks; never the value."""

    model_config = ConfigDict(extra="forbid")

    where: str = Field(description="e.g. query.limit, body.name")
    rule: str = Field(description="The rule's name, e.g. less_than_equal, missing")


class ProblemOut(Schema):
    """Why there is no answer."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="A link to what this kind of problem means")
    status: int
    title: str = Field(description="In Indonesian")
    title_en: str
    detail: str = Field(description="What to do, in Indonesian")
    detail_en: str
    mistakes: list[Mistake] = Field(default=[], description="With status 422: each wrong value")


class Problem(Exception):
    """Raised by an operation, and answered as problem+json. kind: one of KINDS."""

    def __init__(self, kind: str, headers: Mapping[str, str] | None = None, **values: Any) -> None:
        super().__init__(kind)
        self.kind, self.values, self.headers = kind, values, dict(headers or {})


def answer(problem: Problem, mistakes: Sequence[Mapping[str, str]] = ()) -> HttpResponse:
    """The response to a problem."""
    status = KINDS[problem.kind]
    said = f"web_api_problem.{problem.kind}"
    body = {
        "type": f"/api/v1/docs#{problem.kind}",
        "status": status,
        "title": say(said, "id"),
        "title_en": say(said, "en"),
        "detail": say(f"{said}_todo", "id", **problem.values),
        "detail_en": say(f"{said}_todo", "en", **problem.values),
        "mistakes": list(mistakes),
    }
    response = HttpResponse(json.dumps(body), status=status, content_type=CONTENT_TYPE)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response


def unavailable() -> HttpResponse:
    """That the database does not answer just now."""
    return answer(Problem("unavailable", {"Retry-After": str(WAIT_FOR_THE_DATABASE)}))


def of_status(status: int) -> HttpResponse:
    """The answer to a mistake that never came as far as an operation."""
    if status == KINDS["unavailable"]:
        return unavailable()
    if status == KINDS["too_large"]:
        return answer(Problem("too_large", most=BIGGEST_BODY // 1024))
    kind = next((kind for kind, known in KINDS.items() if known == status), "")
    return answer(Problem(kind or ("broken" if status >= 500 else "not_readable")))
