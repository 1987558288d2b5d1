"""A base value is never silently replaced: what a later local record says instead is proposed."""

from __future__ import annotations

from tangga.engine.resolve import ids
from tangga.engine.runner import Steps

LEFT_OUT = ("relation",)
"""Columns that speak of a family; `base_differences` lists those."""


def proposals_sql(steps: Steps, columns: list[str]) -> str:
    """One row per value of the base that a later record, or an accepted correction, contradicts:
    `person_id, field, base_value, local_value, source, source_id, as_of, basis`."""
    compared = [c for c in columns if c not in LEFT_OUT]
    selects = [_later(steps, compared), _corrected(steps, columns)]
    return f"""
SELECT {ids.shown(ids.PERSON, "pid")} AS person_id, field, base_value, local_value, source,
       source_id, as_of, basis
FROM ({" UNION ALL ".join(selects)}) ORDER BY pid, field, source, source_id"""


def _later(steps: Steps, columns: list[str]) -> str:
    records, names = (steps.ctx.scan("standardise", t) for t in ("records", "names"))
    pairs = ", ".join(
        f"CASE WHEN {_differs(c)} THEN {{'field': '{c}', 'base': CAST(b.{c} AS VARCHAR), "
        f"'local': CAST(l.{c} AS VARCHAR)}} END"
        for c in columns
    )
    named = "name" in columns
    clean = (
        f" LEFT JOIN {names} AS bn ON b.name = bn.name LEFT JOIN {names} AS ln ON l.name = ln.name"
        if named
        else ""
    )
    return f"""
SELECT pid, d.field AS field, d.base AS base_value, d.local AS local_value, source, source_id,
       as_of, NULL::VARCHAR AS basis
FROM (
  SELECT t.pid, l.source, l.source_id, l.as_of, unnest([{pairs}]) AS d
  FROM (
    SELECT s.pid, b.rid AS base, arg_min(s.rid, s.slot) AS local
    FROM {steps.scan("spine")} AS s JOIN {steps.scan("spine")} AS b
      ON s.pid = b.pid AND b.base AND b.slot = 1 AND NOT s.base AND s.as_of > b.as_of
    GROUP BY s.pid, b.rid
  ) AS t JOIN {records} AS b ON t.base = b.rid JOIN {records} AS l ON t.local = l.rid{clean}
) WHERE d IS NOT NULL"""


def _differs(column: str) -> str:
    return "bn.name_clean <> ln.name_clean" if column == "name" else f"b.{column} <> l.{column}"


def _corrected(steps: Steps, columns: list[str]) -> str:
    values = ", ".join(f"CAST(r.{c} AS VARCHAR)" for c in columns)
    fields = ", ".join(f"'{c}'" for c in columns)
    official = f"list_extract([{values}], list_position([{fields}], c.field))"
    return f"""
SELECT s.pid, c.field, {official} AS base_value, c.value AS local_value, c.source, c.source_id,
       c.as_of, c.basis
FROM {steps.scan("applied_corrections")} AS c
JOIN {steps.scan("spine")} AS s ON s.pid = {ids.read_back("c.person_id")} AND s.base AND s.slot = 1
JOIN {steps.ctx.scan("standardise", "records")} AS r ON s.rid = r.rid
WHERE list_contains([{fields}], c.field) AND {official} IS DISTINCT FROM c.value"""
