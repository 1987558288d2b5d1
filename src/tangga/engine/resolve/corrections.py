"""Accepted corrections: the last one for a value stands above every source."""

from __future__ import annotations

from tangga.engine.resolve import ids
from tangga.engine.runner import Steps

NEEDED = {"field", "value"}
NONE = (
    "SELECT '' AS person_id, '' AS family_id, '' AS field, '' AS value, '' AS source, "
    "'' AS source_id, NULL::DATE AS as_of, '' AS basis LIMIT 0"
)


def write_applied(steps: Steps, columns: list[str]) -> None:
    """Write `applied_corrections`: for each corrected value the correction that stands.

    It is the person's where the row names a person, else the family's. columns: of the attached
    table `corrections`, empty without one.
    """
    if not set(columns) >= NEEDED:
        steps.whole("applied_corrections", NONE)
        return
    basis = "basis" if "basis" in columns else "NULL::VARCHAR AS basis"
    newest = "".join(f"{c} DESC NULLS LAST, " for c in ("accepted_at", "as_of") if c in columns)
    steps.whole(
        "applied_corrections",
        f"""
WITH aimed AS (
  SELECT *, CASE WHEN person_id IS NULL THEN family_id END AS only_family
  FROM {steps.scan("corrections")} WHERE latest AND coalesce(person_id, family_id) IS NOT NULL
),
ranked AS (
  SELECT *, row_number() OVER (
    PARTITION BY person_id, only_family, field ORDER BY {newest}rid
  ) AS place
  FROM aimed
)
SELECT person_id, only_family AS family_id, field, value, source, source_id, as_of, {basis}
FROM ranked WHERE place = 1 ORDER BY person_id, only_family, field""",
    )


def corrected(steps: Steps, entity: str, types: dict[str, str]) -> tuple[str, list[str]]:
    """(relation of `id` and two columns per corrected field: the value, and `has_` it; fields).

    entity: person or family. types: SQL type of every column of it that may be corrected.
    """
    target = f"{entity}_id"
    rows = f"(SELECT * FROM {steps.scan('applied_corrections')} WHERE {target} IS NOT NULL)"
    named = steps.fetch(f"SELECT DISTINCT field FROM {rows} ORDER BY field")
    fields = [field for (field,) in named if field in types]
    if not fields:
        return "", []
    values = ", ".join(
        f"max(CASE WHEN field = '{f}' THEN TRY_CAST(value AS {types[f]}) END) AS {f}, "
        f"bool_or(field = '{f}') AS has_{f}"
        for f in fields
    )
    name = f"corrected_{entity}"
    sql = f"SELECT {ids.read_back(target)} AS id, {values} FROM {rows} GROUP BY {target}"
    steps.whole(name, sql, scratch=True)
    return steps.scan(name), fields
