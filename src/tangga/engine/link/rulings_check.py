"""Clerks' rulings beside the evidence: a ruling stands, but somebody should hear when it turns."""

from __future__ import annotations

from dataclasses import replace

from tangga.engine.link.model import Model
from tangga.engine.link.score import scored_sql

NO_FLOOR = -10_000.0
"""Bits; a ruled pair is weighed however little speaks for it."""


def ruled_scores_sql(
    rulings: str,
    groups: str,
    sides: str,
    model: Model,
    prior: int,
    neighbours: int | None,
    *,
    none: bool = False,
) -> str:
    """What the evidence of each ruled pair is worth, whatever it is: see `scored_sql`.

    none: nothing is ruled, so that nothing need be read.
    """
    pairs = f"""(
SELECT a.vid AS l, b.vid AS r
FROM {rulings} AS w JOIN {groups} AS x ON w.low = x.rid JOIN {groups} AS y ON w.high = y.rid
JOIN {sides} AS a ON x.gid = a.gid JOIN {sides} AS b ON y.gid = b.gid
WHERE x.gid <> y.gid)"""
    asked = f"(SELECT * FROM {pairs} WHERE FALSE)" if none else pairs
    few = f"""(
SELECT s.* FROM {sides} AS s SEMI JOIN (
  SELECT g.gid FROM {groups} AS g JOIN (
    SELECT low AS rid FROM {rulings} UNION ALL SELECT high FROM {rulings}
  ) AS ends ON g.rid = ends.rid
) AS ruled ON s.gid = ruled.gid)"""
    return scored_sql(asked, (few, few), replace(model, review=NO_FLOOR), prior, neighbours)


def rulings_check_sql(rulings: str, groups: str, scores: str, clusters: str, model: Model) -> str:
    """One row per ruling in force: the ruling, `weight` (bits), what the `model` would say now
    (same, different, unsure), whether the register holds the two `together`, and `turned`: the
    model is sure of the opposite. The last four are null while a record is missing."""
    link, review = round(100 * model.link), round(100 * model.review)
    return f"""
WITH weighed AS (
  SELECT least(lg, rg) AS low, greatest(lg, rg) AS high, max(weight) AS weight
  FROM {scores} GROUP BY ALL
),
judged AS (
  SELECT w.*, s.weight AS hundredths, p.cluster = q.cluster AS together,
         CASE WHEN w.low IS NULL THEN NULL
              WHEN x.gid = y.gid OR s.weight >= {link} THEN 'same'
              WHEN s.weight >= {review} THEN 'unsure' ELSE 'different' END AS model
  FROM {rulings} AS w
  LEFT JOIN {groups} AS x ON w.low = x.rid LEFT JOIN {groups} AS y ON w.high = y.rid
  LEFT JOIN weighed AS s ON least(x.gid, y.gid) = s.low AND greatest(x.gid, y.gid) = s.high
  LEFT JOIN {clusters} AS p ON w.low = p.rid LEFT JOIN {clusters} AS q ON w.high = q.rid
)
SELECT left_source, left_id, right_source, right_id, ruling, "by", "at", reason,
       CAST(hundredths / 100.0 AS DECIMAL(9, 2)) AS weight, model, together,
       ruling <> 'unsure' AND model <> 'unsure' AND ruling <> model AS turned
FROM judged ORDER BY left_source, left_id, right_source, right_id
"""
