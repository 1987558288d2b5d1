"""Accepted corrections: the last one for a value stands above every source."""

from __future__ import annotations

from tangga.engine.resolve import ids
from tangga.engine.runner import Steps

NEEDED = {"field", "value"}


def corrected(
    steps: Steps, entity: str, types: dict[str, str], columns: list[str]
) -> tuple[str, list[str]]:
    """(relation of `id` and one column per corrected field, those fields).

    entity: person or family. types: SQL type of every column of the entity that may be
    corrected. columns: of the attached table `corrections`, empty without one.
    """
    if not set(columns) >= NEEDED:
        return "", []
    target = f"{entity}_id"
    only = " AND person_id IS NULL" if entity == "family" else ""
    rows = f"(SELECT * FROM {steps.scan('corrections')} WHERE latest AND {target} IS NOT NULL)"
    named = steps.fetch(f"SELECT DISTINCT field FROM {rows} ORDER BY field")
    fields = [field for (field,) in named if field in types]
    if not fields:
        return "", []
    newest = ", ".join(f"{c} DESC NULLS LAST" for c in ("accepted_at", "as_of") if c in columns)
    values = ", ".join(
        f"max(CASE WHEN field = '{f}' THEN TRY_CAST(value AS {types[f]}) END) AS {f}, "
        f"bool_or(field = '{f}') AS has_{f}"
        for f in fields
    )
    name = f"corrected_{entity}"
    steps.whole(
        name,
        f"""
WITH ranked AS (
  SELECT {ids.read_back(target)} AS id, field, value,
         row_number() OVER (PARTITION BY {target}, field ORDER BY {newest}, rid) AS place
  FROM {rows} WHERE field IN ({", ".join(f"'{f}'" for f in fields)}){only}
)
SELECT id, {values} FROM ranked WHERE place = 1 GROUP BY id""",
        scratch=True,
    )
    return steps.scan(name), fields
