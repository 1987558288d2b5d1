"""Persons: one, by name, and by a national number that never stands in a URL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from ninja import Body, Path
from psycopg import sql

from tangga.registry.privacy import masked
from tangga.web.api import queries
from tangga.web.api.operations.families import told_of_one
from tangga.web.api.paging import low_and_high
from tangga.web.api.problems import Problem
from tangga.web.api.schemas import FoundOut, Id, LookupIn, RowOut, SearchIn
from tangga.web.api.service import api
from tangga.web.api.shapes import national
from tangga.web.audit.actions import record
from tangga.web.database.rows import rows
from tangga.web.pack import pack
from tangga.web.register.tables import stored
from tangga.web.secrets import blinds, digits
from tangga.web.viewer import Viewer


@api.post("/persons/search", response=FoundOut, operation_id="search", tags=["persons"])
def search(request: HttpRequest, asked: Body[SearchIn]) -> dict[str, Any]:
    """Cari menurut nama dan tahun lahir. / Search by name and year of birth."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    viewer.require("search")
    if viewer.sight("identity") != "full":
        raise Problem("not_allowed")
    low, high = low_and_high(viewer, asked.area)
    params = {"name": " ".join(asked.name.split()), "birth_year": asked.birth_year}
    found = _found(queries.SEARCH, params | {"low": low, "high": high, "most": asked.limit})
    about = {"found": len(found), "families": sorted({str(row["family_id"]) for row in found})}
    record("api_search", by=viewer, area=asked.area or None, about=about)
    return _answer(found, viewer)


@api.post("/persons/lookup", response=FoundOut, operation_id="lookup", tags=["persons"])
def lookup(request: HttpRequest, asked: Body[LookupIn]) -> dict[str, Any]:
    """Cari menurut NIK atau KK yang utuh. / Look up by a whole NIK or KK."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    viewer.require("search")
    column = pack().tables["person"].columns.get(asked.kind)
    number = digits(asked.number)
    known = asked.kind in stored()["persons"].blind and column is not None
    if not known or not re.fullmatch(column.pattern or ".*", number):
        raise Problem("not_valid")
    index = sql.Identifier(f"{asked.kind}_index")
    found = _found(queries.LOOKUP, {"blinds": blinds(number)}, index=index)
    about = {"kind": asked.kind, "found": len(found)}
    for family_id in {row["family_id"] for row in found} or {None}:
        record("api_lookup", by=viewer, family_id=family_id, about=about)
    return _answer(found, viewer)


# Behind the two others, or `search` would be read as an id.
@api.get("/persons/{person_id}", response=RowOut, operation_id="person", tags=["persons"])
def person(request: HttpRequest, person_id: Path[Id]) -> dict[str, Any]:
    """Satu orang. / One person."""
    return told_of_one(request, "api_person", queries.PERSON, person_id, "persons", "person_id")


def _found(query: str, params: Mapping[str, Any], **parts: sql.Composable) -> list[dict[str, Any]]:
    numbers = [sql.Identifier("t", name) for name in _numbers()]
    composed = sql.SQL(query).format(numbers=sql.SQL(", ").join(numbers), **parts)  # type: ignore[arg-type]
    return rows(composed, params)


def _numbers() -> list[str]:
    """The national numbers of a person."""
    return sorted(stored()["persons"].blind)


def _answer(found: list[dict[str, Any]], viewer: Viewer) -> dict[str, Any]:
    numbers, sees = _numbers(), viewer.sight("identity")
    hidden = [] if sees != "hidden" else ["name", *numbers]
    if viewer.sight("personal") != "full":
        hidden += ["birth_year", "sex"]
    items = [_one(row, numbers, sees, set(hidden)) for row in found]
    shown = [name for name in numbers if name not in hidden]
    return {"items": items, "masked": shown, "hidden": sorted(hidden)}


def _one(row: dict[str, Any], numbers: list[str], sees: str, hidden: set[str]) -> dict[str, Any]:
    said = {name: None if name in hidden else row[name] for name in row if name not in numbers}
    if sees == "masked" and said["name"] is not None:
        said["name"] = masked("initials", said["name"])
    return said | {
        "numbers": {name: national(row[name]) for name in numbers if name not in hidden},
        "area": row["area"],
    }
