"""Best link: of all it could be, the one group that an unsure group most likely is."""

from __future__ import annotations

from tangga.engine.link.model import Model


def visits_sql(records: str, groups: str, scored: str, condition: str) -> str:
    """In which households of which source a group that is being weighed was met: `gid`,
    `source`, `household`, distinct."""
    return f"""
WITH met AS (SELECT lg AS gid FROM {scored} UNION SELECT rg FROM {scored})
SELECT DISTINCT j.gid, r.source, r.source_family_id AS household
FROM met JOIN {groups} AS j ON met.gid = j.gid
JOIN {records} AS r ON j.rid = r.rid
WHERE r.source_family_id IS NOT NULL AND {condition}
"""


def group_pairs_sql(
    scored: str, visits: str, sides: str, ruled: str, model: Model, condition: str
) -> str:
    """One row per pair of groups: the best pair of their rows (`l`, `r`), `w_same_visit`,
    `weight`, and whether the second group is unsure too. Pairs ruled different are left out."""
    visit = next((c for c in model.comparisons if c.kind == "visit"), None)
    penalty = round(100 * visit.weights["equal"]) if visit else 0
    return f"""
WITH met AS (
  SELECT lg, rg, max({{'w': weight, 'l': -l, 'r': -r}}) AS best
  FROM {scored} WHERE {condition} GROUP BY lg, rg
),
kept AS (
  SELECT met.* FROM met ANTI JOIN {ruled} AS d
  ON least(met.lg, met.rg) = d.low AND greatest(met.lg, met.rg) = d.high
),
together AS (
  SELECT DISTINCT kept.lg, kept.rg
  FROM kept JOIN {visits} AS a ON kept.lg = a.gid
  JOIN {visits} AS b ON kept.rg = b.gid AND a.source = b.source AND a.household = b.household
),
unsure AS (SELECT DISTINCT gid FROM {sides} WHERE unsure)
SELECT kept.lg, kept.rg, -kept.best.l AS l, -kept.best.r AS r,
       CASE WHEN t.lg IS NULL THEN 0 ELSE {penalty} END AS w_same_visit,
       kept.best.w + CASE WHEN t.lg IS NULL THEN 0 ELSE {penalty} END AS weight,
       u.gid IS NOT NULL AS both_unsure
FROM kept LEFT JOIN together AS t ON kept.lg = t.lg AND kept.rg = t.rg
LEFT JOIN unsure AS u ON kept.rg = u.gid
"""


def best_sql(group_pairs: str, model: Model, condition: str) -> str:
    """One row per unsure group that anything reaches: `gid`, `other`, `weight`, the rows `l`, `r`
    behind it, and the runner-up (`second`, `second_weight`; null where there is none)."""
    floor = round(100 * model.review)
    return f"""
WITH ends AS (
  SELECT lg AS gid, rg AS other, weight, l, r FROM {group_pairs}
  UNION ALL
  SELECT rg, lg, weight, l, r FROM {group_pairs} WHERE both_unsure
),
top AS (
  SELECT gid, max({{'w': weight, 'o': -other, 'l': l, 'r': r}}, 2) AS best
  FROM ends WHERE weight >= {floor} AND {condition} GROUP BY gid
)
SELECT gid, -best[1].o AS other, best[1].w AS weight, best[1].l AS l, best[1].r AS r,
       -best[2].o AS second, best[2].w AS second_weight, best[2].l AS second_l,
       best[2].r AS second_r
FROM top
"""
