"""A list of the service as a numbered paper: the same rows, frozen; one paper, or one a village."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import transaction

from tangga.web.lists import page
from tangga.web.lists.columns import Shown, place
from tangga.web.lists.opened import LENGTHS, Opened
from tangga.web.lists.rows_of import Row
from tangga.web.papers.content import Column
from tangga.web.papers.issue import FAMILY, issue
from tangga.web.papers.models import Paper
from tangga.web.secrets import unseal
from tangga.web.viewer import Viewer

KIND = "daftar"
MOST = 20_000
"""Rows of one paper, and of all papers of the villages of an area together."""

VILLAGE = LENGTHS[-1]
TYPES = {"number": "number", "rupiah": "rupiah", "plain": "whole", "day": "day"}


def issue_list(
    opened: Opened, *, by: Viewer, key: uuid.UUID, by_village: bool = False
) -> list[Paper]:
    """The papers, in one transaction: of the list as it is narrowed, or of each village in it.

    opened: in Indonesian, in which papers are written. key: of the form, from which the papers have
    their ids: IntegrityError where it was sent before. Nothing where no row is in a village.
    """
    columns = [_column(one, n) for n, one in enumerate(opened.layout.columns)]
    assert opened.wanted is not None
    found = opened.wanted.each()
    with transaction.atomic():
        if not by_village:
            rows = [_row(opened, columns, one) for one in found]
            return [_issue(opened, by, opened.area, columns, rows, key)]
        in_order = sorted(found, key=lambda row: row.area[:VILLAGE])
        papers = []
        for area, same in groupby(in_order, key=lambda row: row.area[:VILLAGE]):
            if len(area) == VILLAGE and area.isdigit():
                rows = [_row(opened, columns, one) for one in same]
                papers.append(_issue(opened, by, area, columns, rows, uuid.uuid5(key, area)))
        return papers


def _issue(
    opened: Opened,
    by: Viewer,
    area: str,
    columns: list[Column],
    rows: list[dict[str, Any]],
    pk: uuid.UUID,
) -> Paper:
    definition = opened.definition
    return issue(
        KIND,
        by=by,
        area=area,
        about={
            "what": definition.text("what", "id"),
            "acts": definition.text("acts", "id"),
            "narrowed": "; ".join(f"{one.label}: {one.words}" for one in opened.chosen.active),
            "release": opened.release.name,
            "as_of": opened.release.as_of,
        },
        rows=rows,
        columns=columns,
        series=definition.name,
        title=_title(opened),
        mark=_mark(opened),
        pk=pk,
        sees={definition.sees, *(one.privacy for one in opened.layout.columns)},
    )


def _title(opened: Opened) -> str:
    """As lists on paper are called: with their number among the papers of the office."""
    label = opened.definition.label("id")
    number = opened.definition.paper
    return f"Daftar {number}: {label}" if number else label


def _mark(opened: Opened) -> str:
    """How the list is called within a number."""
    number = opened.definition.paper
    return f"{number:02}" if number else opened.definition.name.replace("_", "-").upper()


def _column(shown: Shown, n: int) -> Column:
    kind = "identifier" if _sealed(shown) else "text" if shown.way or shown.zero else ""
    kind = kind or TYPES.get(shown.kind, "text")
    return Column(f"{shown.name}_{n}", {"id": shown.label, "en": shown.label}, kind)


def _sealed(shown: Shown) -> bool:
    return shown.kind == "sealed"


def _row(opened: Opened, columns: list[Column], row: Row) -> dict[str, Any]:
    pairs = zip(columns, opened.layout.columns, row.values, strict=True)
    found = {column.name: _value(opened, column, shown, value) for column, shown, value in pairs}
    return {**found, FAMILY: row.family}


def _value(opened: Opened, column: Column, shown: Shown, value: Any) -> Any:
    if value is not None and _sealed(shown):
        return unseal(value)
    if value is not None and column.type in ("number", "rupiah", "whole", "day"):
        return int(value) if isinstance(value, Decimal | float) else value
    if shown.kind == "area" and value:
        return place(str(value), "id")
    return shown.text(value, "id", opened.release.as_of) or None


def lines(opened: Opened) -> Iterator[tuple[str, str]]:
    """What is told before a list is issued: what it holds, where, narrowed to what."""
    for label, value, _ in page.state(opened):
        yield label, value


def villages(opened: Opened, parts: Mapping[str, int]) -> int:
    """How many papers there would be, one a village."""
    return sum(len(code) == VILLAGE and code.isdigit() and many > 0 for code, many in parts.items())
