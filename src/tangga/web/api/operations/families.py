"""Families: a page of them, and one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query
from psycopg import sql
from pydantic import Field

from tangga.web.api import queries
from tangga.web.api.paging import Question
from tangga.web.api.problems import Problem
from tangga.web.api.schemas import (
    AreaCode,
    Code,
    Cursor,
    Families,
    FamiliesOut,
    Id,
    RowOut,
    RowsOut,
    Strict,
)
from tangga.web.api.service import api
from tangga.web.api.shapes import Seen, plain, seen
from tangga.web.api.trail import page_read
from tangga.web.audit.actions import record
from tangga.web.database.rows import one, rows
from tangga.web.viewer import Viewer

IDENTITY = ("head_name",)
OWN = ("family_id", "area")


class AskedFamilies(Strict):
    """Which families."""

    area: AreaCode = ""
    rung: Code | None = None
    due_move: Code | None = None
    decile: Annotated[int | None, Field(ge=1, le=10)] = None
    programme: Annotated[Code | None, Field(description="Determined to get it")] = None
    waiting: Annotated[Code | None, Field(description="On its waiting list")] = None
    needs_visit: bool | None = None
    months_left_at_most: Annotated[
        int | None, Field(ge=-1200, le=1200, description="Months until the limit of support")
    ] = None
    limit: Families = 50
    cursor: Cursor = ""


@api.get("/families", response=FamiliesOut, operation_id="families", tags=["families"])
def families(request: HttpRequest, asked: Query[AskedFamilies]) -> dict[str, Any]:
    """Keluarga yang aktif, menurut wilayah dan saringan. / Active families, by area and filters."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    viewer.require("families")
    filters = {n: v for n in queries.FILTERS if (v := getattr(asked, n)) is not None}
    if filters and viewer.sight("personal") != "full":
        # A filter would tell what the token may not see.
        raise Problem("not_allowed")
    question = Question(viewer, "families", asked.area, asked.limit, asked.cursor, filters)
    chosen = sql.SQL(" AND ").join(sql.SQL(queries.FILTERS[name]) for name in filters)
    query = sql.SQL(queries.FAMILIES).format(filters=chosen if filters else sql.SQL("true"))
    found = rows(query, question.params)
    page_read(question, found)
    sights = {name: _sight(viewer, name) for name in (found[0] if found else ())}
    hidden = sorted(name for name, full in sights.items() if not full)
    return {
        "items": [_brief(row, sights) for row in found],
        "next": _next(question, found),
        "hidden": hidden,
    }


@api.get("/families/{family_id}", response=RowOut, operation_id="family", tags=["families"])
def family(request: HttpRequest, family_id: Path[Id]) -> dict[str, Any]:
    """Satu keluarga: rumah dan keadaannya. / One family: its home and how it lives."""
    return told_of_one(request, "api_family", queries.ONE, family_id, "families", "family_id")


@api.get(
    "/families/{family_id}/persons", response=RowsOut, operation_id="members", tags=["persons"]
)
def members(request: HttpRequest, family_id: Path[Id]) -> dict[str, Any]:
    """Anggota satu keluarga. / The members of a family."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    viewer.require("families")
    shown = seen("persons", viewer)
    family = one_row(queries.ONE, seen("families", viewer), family_id, "families", "family_id")
    found = rows(sql.SQL(queries.MEMBERS).format(columns=shown.select), {"id": family_id})
    record("api_family", by=viewer, family_id=family_id, area=family["area"])
    return {"items": [item(shown, row) for row in found], "next": None, **shown.about}


def told_of_one(
    request: HttpRequest, what: str, query: str, key: str, table: str, by: str
) -> dict[str, Any]:
    """The answer about the row of an id, and the trail's event `what` of it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    viewer.require("families")
    shown = seen(table, viewer)
    row = one_row(query, shown, key, table, by)
    about = {name: row.get(name) for name in ("family_id", "person_id", "area")}
    record(what, by=viewer, **about)
    return {"item": item(shown, row), **shown.about}


def one_row(query: str, shown: Seen, key: str, table: str, by: str) -> dict[str, Any]:
    """The row of an id; Problem `not_found` where the token sees none."""
    composed = sql.SQL(query).format(  # type: ignore[arg-type]
        columns=shown.select, table=sql.Identifier(table), key=sql.Identifier(by)
    )
    row = one(composed, {"id": key})
    if row is None:
        raise Problem("not_found")
    return row


def item(shown: Seen, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the API says it."""
    return {
        "family_id": row.get("family_id"),
        "person_id": row.get("person_id"),
        "area": row["area"],
        "values": shown.values(row),
    }


def _sight(viewer: Viewer, column: str) -> bool:
    privacy = "identity" if column in IDENTITY else "personal"
    return column in OWN or viewer.sight(privacy) == "full"


def _brief(row: Mapping[str, Any], sights: Mapping[str, bool]) -> dict[str, Any]:
    return {name: plain(value) if sights[name] else None for name, value in row.items()}


def _next(question: Question, found: list[dict[str, Any]]) -> str | None:
    if len(found) < question.most:
        return None
    return question.cursor_behind(found[-1]["area"], found[-1]["family_id"])
