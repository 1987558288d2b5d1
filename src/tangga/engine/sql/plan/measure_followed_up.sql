-- One row is one event of the kinds asked for: the family was visited within so many days; key:
-- family_id, event, on_date. Those with time left are not counted yet.
SELECT * FROM (
  SELECT e.on_date, min(e.village) AS village, arg_min(e.worker, e.rid) AS worker,
         count(v.family_id) > 0 AS done,
         NULL::VARCHAR AS unit, NULL::VARCHAR AS state, '' AS programme
  FROM $events AS e
  LEFT JOIN $visits AS v
    ON v.family_id = e.family_id AND v.on_date BETWEEN e.on_date AND e.on_date + $days
  GROUP BY e.family_id, e.event, e.on_date
)
WHERE done OR on_date + $days < $day
