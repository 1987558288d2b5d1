"""Families that moved since the release: on the list of where they live, once, and on no other.

The origin keeps support until the destination accepts; from then on the destination's list has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tangga.web.database.rows import rows
from tangga.web.journeys.care.guests import ACCEPTED, KIND, moved
from tangga.web.work.models import Item

PAID = """
SELECT r.family_id, r.for_start, r.for_end
FROM programmes_row AS r JOIN programmes_round AS o ON o.item_id = r.round_id
WHERE o.frozen_at IS NOT NULL AND o.programme = %(programme)s AND r.state = 'pay'
    AND r.family_id = ANY(%(families)s) AND NOT (r.area >= %(area)s AND r.area < %(past)s)
"""


def whereabouts() -> dict[str, str]:
    """Family -> village where it lives now, of every accepted move that the viewer may know of and
    no release in force does."""
    families = Item.objects.filter(kind=KIND, state=ACCEPTED).exclude(family_id="")
    found = {}
    for family in sorted(set(families.values_list("family_id", flat=True))):
        last = moved(family)
        if last is not None:
            found[family] = str(last.move_of.to_village)
    return found


def paid_elsewhere(
    programme: str, area: str, families: Sequence[str]
) -> dict[str, list[tuple[date, date]]]:
    """The times for which a signed list of another area has these families already."""
    params = {"programme": programme, "area": area, "past": f"{area}~", "families": list(families)}
    found: dict[str, list[tuple[date, date]]] = {}
    for row in rows(PAID, params):
        found.setdefault(row["family_id"], []).append((row["for_start"], row["for_end"]))
    return found
