"""Signals of the release that contradict running support, and that nobody has taken up yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from tangga.web.database.rows import rows, value
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

UNTAKEN = """
SELECT s.family_id, s.person_id, s.signal, s.reason, s.area, s.deadline_days,
       concat_ws('|', s.family_id, s.person_id, s.signal) AS key
FROM signals AS s
WHERE s.acts AND s.reason IS NOT NULL AND s.family_id IS NOT NULL
AND NOT EXISTS (
    SELECT FROM public.work_item AS i JOIN public.care_check AS c ON c.item_id = i.id
    WHERE i.family_id = s.family_id AND i.person_id = coalesce(s.person_id, '')
      AND c.reason = s.reason AND i.opened_on >= %s
)
ORDER BY s.area, s.family_id, s.person_id NULLS FIRST, s.signal
"""
THERE = "SELECT to_regclass('signals') IS NOT NULL"
AS_OF = """
SELECT r.as_of FROM public.register_releases AS r
JOIN public.register_current AS now ON now.number = r.number
"""
SENSITIVE = "sensitive"
CHECK, TO_VISIT = "tangguh", "to_visit"


def may_read(viewer: Viewer) -> bool:
    """Whether a viewer reads which signals there are, and can take them up."""
    return viewer.may("move_propose") and viewer.sight(SENSITIVE) == "full"


def untaken(viewer: Viewer) -> list[dict[str, Any]]:
    """By area; what was checked since the day of the release is not raised again."""
    if not may_read(viewer) or not value(THERE):
        return []
    return rows(UNTAKEN, [value(AS_OF)])


def visit_by(families: Iterable[str]) -> dict[str, date]:
    """Families of which a check could not tell: by when somebody is to visit them."""
    found = Item.objects.filter(
        kind=CHECK, family_id__in=list(families), state__startswith=TO_VISIT, closed_on=None
    )
    asked: dict[str, date] = {}
    for one in found:
        day = one.due or today()
        asked[one.family_id] = min(day, asked.get(one.family_id, day))
    return asked


def check_of(signal: str, language: str) -> str:
    """What is to be checked, in the words of the rule; '' where these rules lack it."""
    known = book().policy.signals.get(signal)
    return known.check.get(language, "") if known is not None else ""
