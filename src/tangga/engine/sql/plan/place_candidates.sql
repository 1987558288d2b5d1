-- One row is one family that is to go to a place of empowerment and has none; key: family_id. First
-- those at the cap who wait for a decision, then those who near it, both the longest supported
-- first; then the waiting lists in their own order. One column a programme: whether it fits.
WITH clock AS (
  SELECT n.family_id, CASE WHEN q.family_id IS NULL THEN 'near_cap' ELSE 'cap_queue' END AS why,
         n.months_protected AS months, q.since, NULL::BIGINT AS position
  FROM $near_cap AS n LEFT JOIN $cap_queue AS q ON n.family_id = q.family_id
  WHERE n.place IS NOT TRUE AND coalesce(n.must_climb_most, 1) > 0
),
waiting AS (
  SELECT family_id, min(position) AS position, min(since) AS since FROM ($waiting)
  GROUP BY family_id
),
everybody AS (
  SELECT * FROM clock
  UNION ALL
  SELECT w.family_id, 'waiting' AS why, NULL::INTEGER AS months, w.since, w.position
  FROM waiting AS w ANTI JOIN clock AS c ON w.family_id = c.family_id
)
SELECT e.family_id, f.village, e.why, e.months, e.since, c.decide_by$fits
FROM everybody AS e JOIN $facts AS f ON e.family_id = f.family_id
LEFT JOIN $cohorts AS c ON e.family_id = c.family_id
$verdicts
WHERE f.village IS NOT NULL
ORDER BY CASE e.why WHEN 'cap_queue' THEN 0 WHEN 'near_cap' THEN 1 ELSE 2 END,
         e.months DESC NULLS LAST, e.position, e.since NULLS LAST, e.family_id
