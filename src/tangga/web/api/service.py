"""The API itself: its description, its parser, and what it answers to every mistake."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from tangga.web.api import problems
from tangga.web.api.auth import BearerToken
from tangga.web.api.problems import BIGGEST_BODY, Problem
from tangga.web.api.reference import Reference

DESCRIPTION = (
    "Register keluarga dan orang, sesuai wilayah dan peran token. / "
    "The register of families and people, within the area and the role of the token.\n\n"
    "Setiap pembacaan dicatat. / Every reading is recorded."
)


class SmallJson(Parser):
    """JSON of a few kilobytes, and nothing else."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body; Problem where it is too large, no JSON, or not an object."""
        if request.content_type != "application/json":
            raise Problem("not_json")
        try:
            body = request.body
            if len(body) > BIGGEST_BODY:
                raise Problem("too_large", most=BIGGEST_BODY // 1024)
            read = json.loads(body)
        except RequestDataTooBig:
            raise Problem("too_large", most=BIGGEST_BODY // 1024) from None
        except (ValueError, RecursionError):
            raise Problem("not_readable") from None
        if not isinstance(read, dict):
            raise Problem("not_readable")
        return read


class Api(NinjaAPI):
    """Ninja's, with every problem documented at every operation."""

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """The description, as served and as committed."""
        schema = super().get_openapi_schema(**where)
        schema["components"]["schemas"] |= _problem_schemas()
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                _document_problems(operation, has_body=method == "post")
        return schema

    def create_response(self, request: HttpRequest, data: Any, **more: Any) -> HttpResponse:
        """As ninja's; the answer belongs to nobody's cache."""
        response = super().create_response(request, data, **more)
        response.headers["Cache-Control"] = "no-store"
        return response


def _problem_schemas() -> dict[str, Any]:
    schema = problems.ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    return {"Mistake": schema.pop("$defs")["Mistake"], "Problem": schema}


def _document_problems(operation: dict[str, Any], *, has_body: bool) -> None:
    shape = {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for kind, status in problems.KINDS.items():
        # A fault of ours is promised to nobody.
        if status == 500 or (status in (413, 415) and not has_body):
            continue
        said = operation["responses"].setdefault(str(status), {"description": "", "content": shape})
        said["description"] = ", ".join(filter(None, [said["description"], kind]))


api = Api(
    title="Tangga",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    auth=BearerToken(),
    parser=SmallJson(),
    docs=Reference(),
    openapi_extra={"info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}},
)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problems.answer(problem)


@api.exception_handler(PermissionDenied)
def _denied(request: HttpRequest, wrong: PermissionDenied) -> HttpResponse:
    return problems.answer(Problem("not_allowed"))


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, wrong: Http404) -> HttpResponse:
    return problems.answer(Problem("not_found"))


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def _database_gone(request: HttpRequest, wrong: Exception) -> HttpResponse:
    return problems.unavailable()


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, wrong: ValidationError) -> HttpResponse:
    mistakes = [
        {"where": ".".join(map(str, _places(error)))[:200], "rule": str(error["type"])}
        for error in wrong.errors[:50]
    ]
    return problems.answer(Problem("not_valid"), mistakes)


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, wrong: HttpError) -> HttpResponse:
    """Ninja wraps what the parser raised."""
    cause = wrong.__cause__
    return problems.answer(cause if isinstance(cause, Problem) else Problem("not_readable"))


def _places(error: Mapping[str, Any]) -> list[Any]:
    """Where a value stands, without words that the caller made up."""
    known = error["type"] != "extra_forbidden"
    return list(error["loc"]) if known else [*error["loc"][:-1], "?"]
