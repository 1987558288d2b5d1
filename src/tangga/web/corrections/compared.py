"""What the official release says of a correction that went up: the same by now, or still another.

Only a release that has taken the correction in can tell, and only where the official source of a
person or family is newer than the day on which it was entered above.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tangga.web.corrections.models import Proposal
from tangga.web.database.rows import rows, value

SAME, OTHER = "same", "other"
TABLES = ("crosswalk", "families", "contradicted")
HELD = "SELECT count(to_regclass(t)) FROM unnest(%s::text[]) AS t"
CAME = """
SELECT v.item_id::text AS item, v.correction_id, (
    SELECT max(c.as_of) FROM families AS f
    JOIN crosswalk AS c ON c.family_id = f.family_id AND c.source = f.base_source
    WHERE f.family_id = v.family_id AND (v.entity = 'family' OR c.person_id = v.entity_id)
) > v.upward_on AS newer, EXISTS (
    SELECT FROM public.register_consumed AS n JOIN public.register_current AS now
    ON now.number = n.number WHERE n.correction_id = v.correction_id
) AS taken
FROM public.overlay_value AS v
WHERE v.item_id = ANY(%s::uuid[]) AND v.upward_on IS NOT NULL
"""
AGAINST = """
SELECT DISTINCT a.correction_id FROM contradicted AS a
JOIN families AS f ON f.family_id = coalesce(
    a.family_id, (SELECT p.family_id FROM persons AS p WHERE p.person_id = a.person_id))
WHERE a.correction_id = ANY(%s) AND a.source = f.base_source
"""


def compared(proposals: Sequence[Proposal]) -> dict[str, str]:
    """Item id -> `same` or `other`, of those of which the official release tells."""
    ids = [str(one.pk) for one in proposals]
    if not ids or value(HELD, [list(TABLES[:2])]) < len(TABLES[:2]):
        return {}
    came: dict[str, list[dict[str, Any]]] = {}
    for row in rows(CAME, [ids]):
        came.setdefault(row["item"], []).append(row)
    told = {item: some for item, some in came.items() if all(_tells(one) for one in some)}
    against = _against(one["correction_id"] for some in told.values() for one in some)
    return {
        item: OTHER if against & {one["correction_id"] for one in some} else SAME
        for item, some in told.items()
    }


def _tells(row: dict[str, Any]) -> bool:
    return bool(row["taken"] and row["newer"])


def _against(ids: Iterable[str]) -> set[str]:
    """Those of which the official source says something else."""
    asked = sorted(ids)
    if not asked or not value(HELD, [[TABLES[2]]]):
        return set()
    return {row["correction_id"] for row in rows(AGAINST, [asked])}
