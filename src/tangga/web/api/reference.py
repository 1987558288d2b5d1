"""The page that documents the API: made on the server, since our policy forbids inline script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

from tangga.web.api.problems import KINDS


class Reference(DocsBase):
    """A page of ours in place of Swagger's."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """Every operation with its parameters and answers, and every problem."""
        schema = api.get_openapi_schema(path_params=kwargs)
        known = {
            "operations": list(_operations(schema)),
            "schemas": list(_schemas(schema)),
            "problems": KINDS,
            "openapi": self.get_openapi_url(api, kwargs),
            "origin": f"{request.scheme}://{request.get_host()}",
        }
        return render(request, "api/reference.html", known)


def _operations(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in schema["paths"].items():
        for method, said in methods.items():
            yield {
                "id": said["operationId"],
                "method": method.upper(),
                "path": path,
                "summary": said["summary"],
                "description": said.get("description", ""),
                "parameters": [_parameter(one) for one in said["parameters"]],
                "body": _name(_content(said.get("requestBody", {}))),
                "answer": _name(_content(said["responses"].get(200, {}))),
            }


def _parameter(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": one["name"],
        "in": one["in"],
        "required": one["required"],
        "type": _type(one["schema"]),
        "description": one.get("description", ""),
    }


def _schemas(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, said in sorted(schema["components"]["schemas"].items()):
        fields = [
            {"name": field, "type": _type(one), "description": one.get("description", "")}
            for field, one in said.get("properties", {}).items()
        ]
        yield {"name": name, "description": said.get("description", ""), "fields": fields}


def _content(said: Mapping[str, Any]) -> Mapping[str, Any]:
    return said.get("content", {}).get("application/json", {}).get("schema", {})


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _type(schema: Mapping[str, Any]) -> str:
    """A type in a word: string, integer or null, list of Row."""
    if "$ref" in schema:
        return _name(schema)
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("type", "any"))
