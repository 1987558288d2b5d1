"""Writing a line into the register of the counter."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from tangga.web.audit.actions import record
from tangga.web.counter.models import Served
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def note(
    *,
    by: Viewer,
    service: str,
    area: str = "",
    family_id: str = "",
    person_id: str = "",
    item: Item | None = None,
    paper: Any = None,
) -> Served:
    """One service, numbered in its office and day; also in the trail. In the caller's transaction.

    service: a word of `web_counter.service_...`. paper: what was issued (its `pk` is kept).
    """
    office = by.post.area if by.post is not None else ""
    day = today()
    served = Served.objects.create(
        office=office,
        on_day=day,
        n=_next(office, day),
        service=service,
        area=area,
        family_id=family_id,
        person_id=person_id,
        item=item,
        paper=getattr(paper, "pk", None),
        by=by.user,
        called=by.user.called,
    )
    record(
        "served",
        by=by,
        family_id=family_id or None,
        person_id=person_id or None,
        area=area or office,
        about={"service": service, "n": served.n},
    )
    return served


def _next(office: str, day: date) -> int:
    """The number that follows in an office and day; two clerks wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"counter {office} {day}"])
    return Served.objects.filter(office=office, on_day=day).count() + 1
