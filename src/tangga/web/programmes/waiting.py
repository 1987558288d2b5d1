"""Waiting lists as the release orders them, and who of them was determined since."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from psycopg import sql

from tangga.web.access import LEVELS
from tangga.web.database.rows import rows
from tangga.web.overlay.models import Spell
from tangga.web.overlay.read import open_rows
from tangga.web.policy.book import book
from tangga.web.programmes.register import table

RANKED, UNKNOWN_RANK = "ranked", "unknown_rank"

QUEUE = """
SELECT w.programme, w.queue_area, w.queue, w.position, w.family_id, w.person_id, w.decile,
       w.protected, w.severity, w.since, w.area
FROM {waiting} AS w
WHERE w.programme = %(programme)s AND w.queue = %(queue)s AND w.queue_area = %(place)s
    AND NOT (w.family_id = ANY(%(without)s)) AND w.position > %(after)s
ORDER BY w.position LIMIT %(most)s
"""
SIZES = """
SELECT w.programme, w.queue_area, w.queue, count(*) AS waiting
FROM {waiting} AS w WHERE w.area >= %(area)s AND w.area < %(past)s
GROUP BY w.programme, w.queue_area, w.queue ORDER BY w.programme, w.queue_area, w.queue
"""
ONE = """
SELECT w.queue_area, w.queue, w.position, w.family_id, w.person_id, w.decile, w.since, w.area
FROM {waiting} AS w WHERE w.programme = %(programme)s AND w.family_id = %(family)s
"""


def place_of(programme: str, village: str) -> str:
    """The area whose queue of a programme a village belongs to."""
    known = book().policy.programmes.get(programme)
    level = known.area if known is not None else "regency"
    return village[: LEVELS.get(level, 0)]


def queue(
    programme: str,
    place: str,
    most: int,
    *,
    without: Collection[str] = (),
    kind: str = RANKED,
    after: int = 0,
    everybody: bool = False,
) -> list[dict[str, Any]]:
    """The first so many of a queue, in its order, but for some families and who was determined
    since the release (everybody: these too)."""
    held = table("waiting")
    if held is None:
        return []
    params = {
        "programme": programme,
        "queue": kind,
        "place": place,
        "without": sorted({*without, *([] if everybody else determined(programme))}),
        "after": after,
        "most": most,
    }
    return rows(sql.SQL(QUEUE).format(waiting=held), params)


def place_in(programme: str, family_id: str) -> dict[str, Any] | None:
    """Where a family stands in the queues of a programme; None: nowhere."""
    held = table("waiting")
    if held is None:
        return None
    found = rows(sql.SQL(ONE).format(waiting=held), {"programme": programme, "family": family_id})
    return found[0] if found else None


def determined(programme: str) -> Sequence[str]:
    """Families that were opened support of a programme since the release."""
    found = open_rows(Spell).filter(programme=programme, change="open")
    return sorted(set(found.values_list("family_id", flat=True)))


def sizes(area: str) -> list[dict[str, Any]]:
    """How many wait in an area, by programme, queue and the area whose queue it is."""
    held = table("waiting")
    if held is None:
        return []
    return rows(sql.SQL(SIZES).format(waiting=held), {"area": area, "past": f"{area}~"})
