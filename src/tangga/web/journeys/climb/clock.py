"""What the clock notices by itself: families that crossed the cap, and shocks after a climb.

Nobody drops for want of a decision: who crosses 60 months since the release gets a dated entry in
the queue, and a family that was hit after it climbed gets a review.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import transaction

from tangga.rules.on_date import PolicyGap
from tangga.texts import say
from tangga.web.database.rows import rows
from tangga.web.journeys.climb import actions, queries
from tangga.web.journeys.climb.at_cap import DECIDE
from tangga.web.journeys.climb.criteria import judge
from tangga.web.journeys.climb.reading import read_family
from tangga.web.journeys.climb.wanted import wanted
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.work.clock_job import as_the_service
from tangga.web.work.models import Item
from tangga.web.work.refusals import Refusal

AT_ONCE = 500
HIT = f"""
WITH moved AS MATERIALIZED ({queries.MOVED})
SELECT DISTINCT e.family_id FROM public.overlay_event AS e
LEFT JOIN moved AS m ON m.family_id = e.family_id
LEFT JOIN LATERAL (SELECT o.rung FROM moves AS o
    WHERE o.family_id = e.family_id AND o.person_id IS NULL LIMIT 1) AS r ON true
WHERE e.event = ANY(%(events)s) AND e.ended IS NULL AND e.person_id = ''
    AND coalesce(m.rung, r.rung) = ANY(%(rungs)s)
    AND NOT EXISTS (SELECT 1 FROM public.work_item AS w
        WHERE w.family_id = e.family_id AND w.kind = 'fall_review' AND w.opened_on >= e.on_date)
LIMIT %(most)s
"""


def queue() -> int:
    """Give each family that has crossed the cap since the release its entry; how many."""
    with transaction.atomic():
        as_the_service()
        found = [row["family_id"] for row in _crossed()]
    return _open("cap_decision", found, _asked)


def _crossed() -> list[dict[str, object]]:
    try:
        cap = book().policy.on(today()).cap
    except PolicyGap:
        return []
    if cap is None or not book().policy.on(today()).cap_in_force:
        return []
    least = int(cap.says["months"])
    near = queries.near_cap(least, None, most=AT_ONCE, past=0)
    return [row for row in near if row["since"] is None and row["must_climb_adults"]]


def _asked(family_id: str) -> bool:
    read = read_family(family_id)
    judged = judge(read, wanted().moves[DECIDE]) if read is not None else None
    return judged is not None and judged.due


def reviews() -> int:
    """Open a review of each family that was hit since it climbed; how many."""
    with transaction.atomic():
        as_the_service()
        params = {
            "events": list(wanted().shocks),
            "rungs": list(wanted().reviewed),
            "most": AT_ONCE,
        }
        found = [row["family_id"] for row in rows(HIT, params)]
    return _open("fall_review", found, _always)


def _always(family_id: str) -> bool:
    """A shock is enough."""
    return True


def _open(kind: str, families: Iterable[str], wanted: Callable[[str], bool]) -> int:
    """Each in a transaction of its own: one that cannot be opened leaves the others alone."""
    opened = 0
    for family_id in families:
        try:
            with transaction.atomic():
                as_the_service()
                if Item.objects.filter(kind=kind, family_id=family_id, closed_on=None).exists():
                    continue
                if not wanted(family_id):
                    continue
                reason = say(f"web_climb.opened_{kind}", "id")
                actions.begin(kind, family_id=family_id, by=None, reason=reason)
                opened += 1
        except Refusal:
            continue
    return opened
