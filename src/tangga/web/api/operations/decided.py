"""What the rules said of families: decisions, ranks, moves on the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query
from psycopg import sql
from pydantic import Field

from tangga.web.api import queries
from tangga.web.api.operations.families import item
from tangga.web.api.paging import Question
from tangga.web.api.schemas import OWN_ID, AreaCode, Code, Cursor, Families, RowsOut, Strict
from tangga.web.api.service import api
from tangga.web.api.shapes import Seen, has_table, seen
from tangga.web.api.trail import page_read
from tangga.web.database.rows import one, rows
from tangga.web.viewer import Viewer


class AskedRows(Strict):
    """Of which families; a page is of as many families as `limit` says."""

    area: AreaCode = ""
    family: Annotated[str, Field(pattern=OWN_ID, description="Only of this family")] | None = None
    limit: Families = 50
    cursor: Cursor = ""


class AskedDecisions(AskedRows):
    programme: Code | None = None
    determination: Code | None = None
    verdict: Code | None = None


class AskedMoves(AskedRows):
    move: Code | None = None
    rung: Code | None = None


@api.get("/decisions", response=RowsOut, operation_id="decisions", tags=["decisions"])
def decisions(request: HttpRequest, asked: Query[AskedDecisions]) -> dict[str, Any]:
    """Keputusan per program, dengan alasan dan dasarnya. / Decisions, with reasons and basis."""
    return _page(request, asked, "decisions", ("programme", "person_id"))


@api.get("/ranking", response=RowsOut, operation_id="ranking", tags=["ranking"])
def ranking(request: HttpRequest, asked: Query[AskedRows]) -> dict[str, Any]:
    """Peringkat dan desil keluarga. / Ranks and deciles of families."""
    return _page(request, asked, "ranking", ())


@api.get("/moves", response=RowsOut, operation_id="moves", tags=["moves"])
def moves(request: HttpRequest, asked: Query[AskedMoves]) -> dict[str, Any]:
    """Anak tangga dan langkah yang jatuh tempo. / Rungs and moves that are due."""
    return _page(request, asked, "moves", ("person_id", "move"))


def _page(
    request: HttpRequest, asked: AskedRows, table: str, order: Sequence[str]
) -> dict[str, Any]:
    """The rows of a page of families; for the case team, those of cases among them."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    viewer.require("families")
    own = {"area", "family", "limit", "cursor"}
    where = {n: v for n, v in asked.dict().items() if n not in own and v is not None}
    filters = {"family": asked.family or "", **where}
    question = Question(viewer, table, asked.area, asked.limit, asked.cursor, filters)
    if where and viewer.sight("personal") != "full":
        viewer.require("case")
    params = question.params
    shown = seen(table, viewer)
    found = [item(shown, row) for row in _rows(table, shown, params, where, order)]
    cases = f"{table}_case"
    if viewer.may("case") and has_table(cases):
        own_sight = seen(cases, viewer)
        found += [item(own_sight, row) for row in _rows(cases, own_sight, params, where, order)]
        found.sort(key=_place)
    page_read(question, found)
    return {"items": found, "next": _next(question, params), **shown.about}


def _rows(
    table: str, shown: Seen, params: dict[str, Any], where: dict[str, Any], order: Sequence[str]
) -> list[dict[str, Any]]:
    each = [
        sql.SQL("t.{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in where
    ]
    person = sql.SQL("t.person_id" if "person_id" in order else "NULL::text")
    query = sql.SQL(queries.ROWS_OF).format(
        page=sql.SQL(queries.PAGE),
        person=person,
        columns=shown.select,
        table=sql.Identifier(table),
        where=sql.SQL(" AND ").join(each) if each else sql.SQL("true"),
        order=sql.SQL(", ").join(sql.Identifier("t", name) for name in order or ["family_id"]),
    )
    return rows(query, params)


def _next(question: Question, params: dict[str, Any]) -> str | None:
    """The cursor behind the last family of the page, also where it has no row of this table."""
    last = one(sql.SQL(queries.LAST_OF).format(page=sql.SQL(queries.PAGE)), params)
    if last is None or last["n"] < question.most:
        return None
    return question.cursor_behind(last["area"], last["family_id"])


def _place(row: dict[str, Any]) -> tuple[str, str]:
    return row["area"], row["family_id"]
