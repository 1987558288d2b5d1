"""What a family is told about its support: the notice before a stop, and what restores it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from tangga.texts import say
from tangga.web.journeys.care import people
from tangga.web.journeys.care.models import Check
from tangga.web.journeys.care.support import Support, listed, running
from tangga.web.pack import code_label
from tangga.web.papers.issue import issue
from tangga.web.papers.models import Paper
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

NOTICE, RESTORATION = "pemberitahuan", "pemulihan"


def notice(item: Item, mine: Check, why: str, by: Viewer) -> Paper:
    """Reason, basis, what ends and what goes on, and how to object until when. Programmes alone:
    which component somebody has is more than everybody who may see the letter may know."""
    ends = [Support.of(one) for one in mine.ends]
    stays = [one for one in running(item.family_id, today()) if one not in ends]
    last = mine.object_by or today()
    about = _family(item) | {
        "what": say("web_care.stop_of_support", "id"),
        "takes_effect": last + timedelta(days=1),
        "ends": "; ".join(listed(ends, {}, "id", whole=False)),
        "stays": "; ".join(listed(stays, {}, "id", whole=False)),
        "reasons": [code_label("removal_reason", mine.reason, "id"), why],
        "object_by": last,
        "ticket": item.number,
    }
    if item.person_id:
        about["about_person"] = people.names([item.person_id], by).get(item.person_id, "")
    return issue(NOTICE, by=by, area=item.area, about=about, item=item, family_id=item.family_id)


def restoration(item: Item, mine: Check, why: str, by: Viewer) -> Paper:
    """What is restored, since when, and what is owed, month by month."""
    programmes = dict.fromkeys(one["programme"] for one in mine.ends)
    about = _family(item) | {
        "programme": "; ".join(book().label(one, "id") for one in programmes) or "–",
        "since": mine.stopped_on,
        "reason": why,
        "ticket": item.number,
    }
    rows = [
        {
            "period_start": _day(one["months"][0]),
            "period_end": _last_day(one["months"][-1]),
            "component": book().label(one["programme"], "id"),
            "amount": one["amount"],
            "family_id": item.family_id,
        }
        for one in mine.owed
    ]
    return issue(
        RESTORATION,
        by=by,
        area=item.area,
        about=about,
        rows=rows,
        item=item,
        family_id=item.family_id,
    )


def _family(item: Item) -> dict[str, Any]:
    row = people.family(item.family_id) or {}
    head = people.whole(str(row.get("head_person_id") or "")) or {}
    return {"name": head.get("name") or item.family_id, "address": row.get("address") or "–"}


def _day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _last_day(month: str) -> date:
    first = _day(month)
    return first.replace(day=monthrange(first.year, first.month)[1])
