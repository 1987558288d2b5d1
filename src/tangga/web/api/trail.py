"""What the API adds to the trail: every reading, and never a name or a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tangga.web.api.paging import Question
from tangga.web.audit.actions import record
from tangga.web.privacy.taken import keep_taken


def page_read(question: Question, rows: Sequence[Mapping[str, Any]]) -> None:
    """One event a page, which is in the order of area and family: both ends tell who is in it."""
    ends = {"first": rows[0]["family_id"], "last": rows[-1]["family_id"]} if rows else {}
    asked = {"operation": question.operation, "rows": len(rows)}
    record("api_page", by=question.viewer, area=question.area or None, about=asked | ends)
    keep_taken(
        "api_page",
        by=question.viewer,
        area=question.area or question.viewer.area or "",
        list_=question.operation,
        families=[row["family_id"] for row in rows],
        case=False,
    )
