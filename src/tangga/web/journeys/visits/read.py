"""Visits that stand and that no release in force holds, for other parts of the service."""

from __future__ import annotations

from typing import Any

from tangga.web.database.rows import rows
from tangga.web.journeys.visits import queries, values
from tangga.web.journeys.visits.facts import VISIT, column_of, seen_of

OF_FAMILY = f"""
SELECT v.id, v.family_id, v.worker, v.planned_on, v.on_date, v.purpose, v.result, v.facts, v.area
FROM public.visits_visit AS v
WHERE v.family_id = %s AND v.on_date IS NOT NULL AND NOT v.dropped
AND NOT {queries.CONSUMED.format(id="v.id")} ORDER BY v.on_date, v.at
"""


def visits_of(family_id: str) -> list[dict[str, Any]]:
    """Of one family, the oldest first. Keys: those of schema/visit.toml that are known, each of its
    type; `id`, `people` (person's id -> column -> value, as text)."""
    return [_typed(row) for row in rows(OF_FAMILY, [family_id])]


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    seen = seen_of(row.pop("facts"))
    area = row.pop("area")
    known = {name: column_of(VISIT, name) for name in seen.visit}
    told = {
        name: values.typed(column, seen.visit[name])
        for name, column in known.items()
        if column is not None
    }
    return {**row, "id": str(row["id"]), "village": area, **told, "people": dict(seen.people)}
