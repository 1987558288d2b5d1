-- One row is one case that ended in a state asked for: the person, or the family, moved to the rung
-- within so many days; key: the case. Those with time left are not counted yet.
SELECT * FROM (
  SELECT c.closed AS on_date, min(c.village) AS village, min(c.worker) AS worker,
         count(e.family_id) > 0 AS done,
         NULL::VARCHAR AS unit, NULL::VARCHAR AS state, '' AS programme
  FROM $cases AS c
  LEFT JOIN $moves AS e ON e.family_id = c.family_id
    AND (e.track IS NULL OR e.person_id = c.person_id)
    AND e.on_date BETWEEN c.closed AND c.closed + $days
  WHERE NOT c.open AND c.ended_in IN ($states)
  GROUP BY c.rid, c.closed
)
WHERE done OR on_date + $days < $day
