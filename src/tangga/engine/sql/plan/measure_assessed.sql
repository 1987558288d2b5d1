-- One row is one case: its person was assessed within so many days of its opening, before or after;
-- key: the case. Those with time left are not counted yet.
SELECT * FROM (
  SELECT c.opened AS on_date, min(c.village) AS village,
         coalesce(arg_min(a.worker, a.rid), min(c.worker)) AS worker, count(a.rid) > 0 AS done,
         NULL::VARCHAR AS unit, NULL::VARCHAR AS state, '' AS programme
  FROM $cases AS c
  LEFT JOIN $assessments AS a ON a.person_id = c.person_id
    AND a.on_date BETWEEN c.opened - $days AND c.opened + $days AND a.kind IN ($assessments_of)
  GROUP BY c.rid, c.opened
)
WHERE done OR on_date + $days < $day
