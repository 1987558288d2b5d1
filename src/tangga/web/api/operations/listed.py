"""The lists that dashboards count and offices work from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query
from psycopg import sql
from pydantic import Field

from tangga.web.api import queries
from tangga.web.api.operations.families import item
from tangga.web.api.paging import Question
from tangga.web.api.problems import Problem
from tangga.web.api.schemas import AreaCode, Code, Cursor, ListsOut, RowsOut, Strict
from tangga.web.api.service import api
from tangga.web.api.shapes import Column, Seen, columns_of, has_table, split_by_sight
from tangga.web.api.trail import page_read
from tangga.web.database.rows import one, rows
from tangga.web.lists.definitions import Definition, definitions, source
from tangga.web.lists.fitting import fills, fitted
from tangga.web.register.made import MADE
from tangga.web.viewer import Viewer

ABOUT_PEOPLE = ("family", "person", "case")


class AskedList(Strict):
    """Which rows."""

    area: AreaCode = ""
    filter: Annotated[Code | None, Field(description="A filter of the list, together with key")] = (
        None
    )
    key: Annotated[str, Field(pattern=r"^[0-9A-Za-z_. -]{0,60}$", description="- : not known")] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Cursor = ""


@api.get("/lists", response=ListsOut, operation_id="lists", tags=["lists"])
def lists(request: HttpRequest) -> dict[str, Any]:
    """Daftar yang ada dalam rilis ini. / The lists of this release."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    viewer.require("lists")
    return {
        "items": [
            {"name": name, "title": one.label("id"), "title_en": one.label("en"), "rows": one.unit}
            for name, one in definitions().items()
            if _open_to(one, viewer)
        ]
    }


@api.get("/lists/{name}", response=RowsOut, operation_id="list", tags=["lists"])
def rows_of_list(request: HttpRequest, name: Path[Code], asked: Query[AskedList]) -> dict[str, Any]:
    """Baris-baris satu daftar. / The rows of a list; as many as its figure says."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    viewer.require("lists")
    known = definitions().get(name)
    if known is None or not _open_to(known, viewer):
        raise Problem("not_found")
    listed = fitted(known, _has)
    filters = {"filter": asked.filter or "", "key": asked.key}
    question = Question(viewer, f"list_{name}", asked.area, asked.limit, asked.cursor, filters)
    params = question.params
    params["after_place"] = params.pop("after_id") or "(0,0)"
    shown = split_by_sight(_columns(listed), viewer)
    found = rows(_query(listed, shown, asked, viewer), params)
    page_read(question, found)
    last = found[-1] if found else None
    more = len(found) == asked.limit and last is not None
    behind = question.cursor_behind(last["area"], last["place"]) if more else None
    return {"items": [item(shown, row) for row in found], "next": behind, **shown.about}


def _query(listed: Definition, shown: Seen, asked: AskedList, viewer: Viewer) -> sql.Composed:
    known = {column.stored for column in columns_of(listed.table)}
    people = listed.unit in ABOUT_PEOPLE
    of_family = people and ("family_id" in known or listed.table in MADE)
    of_person = people and ("person_id" in known or listed.table == "person_index")
    return sql.SQL(queries.LIST).format(
        family=sql.SQL("t.family_id" if of_family else "NULL::text"),
        person=sql.SQL("t.person_id" if of_person else "NULL::text"),
        columns=shown.select if (shown.full or shown.masked) else sql.SQL("NULL AS nothing"),
        source=sql.SQL(source(listed)),  # type: ignore[arg-type]
        and_=sql.SQL("AND" if listed.where else "WHERE"),
        filters=_filter(listed, asked, viewer),
    )


def _filter(listed: Definition, asked: AskedList, viewer: Viewer) -> sql.Composable:
    if asked.filter is None:
        return sql.SQL("true")
    chosen = listed.filters.get(asked.filter)
    if chosen is None:
        raise Problem("not_found")
    known = {f"t.{column.stored}": column.privacy for column in columns_of(listed.table)}
    if viewer.sight(known.get(chosen.column, listed.sees)) != "full":
        # A filter would tell what the token may not see.
        raise Problem("not_allowed")
    day = one(queries.RELEASE)
    assert day is not None
    condition = sql.SQL(chosen.sql(day["as_of"]))  # type: ignore[arg-type]
    return sql.SQL("{} = {}").format(condition, sql.Literal(asked.key))


def _open_to(listed: Definition, viewer: Viewer) -> bool:
    """Whether the release fills it, and the token may see it at all."""
    if not listed.table or (listed.case and not viewer.may("case")):
        return False
    told = listed.sees or (
        "personal" if listed.unit in ABOUT_PEOPLE and not listed.case else "open"
    )
    if viewer.sight(told) == "hidden":
        return False
    return fills(listed, _has)


def _has(table: str, column: str | None) -> bool:
    if table in MADE or column is None:
        return table in MADE or has_table(table)
    return any(each.stored == column for each in columns_of(table))


def _columns(listed: Definition) -> Iterator[Column]:
    """The list's own columns that stand in its table."""
    known = {column.stored: column for column in columns_of(listed.table)}
    made = MADE.get(listed.table, {})
    own = (each for each in listed.columns if each.startswith("t."))
    for name in (each.removeprefix("t.") for each in own):
        if name in known:
            yield known[name]
        elif name in made:
            yield Column(name, name, made[name][1], False, "initials")
