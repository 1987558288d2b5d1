-- One row is one planned visit that was made, or should have been by now; key: the visit.
SELECT planned_day AS on_date, village, worker,
       on_date IS NOT NULL AND coalesce(result IN ($made), TRUE) AS done,
       NULL::VARCHAR AS unit, NULL::VARCHAR AS state, '' AS programme
FROM $visits
WHERE planned_day IS NOT NULL AND $purposes AND (on_date IS NOT NULL OR planned_day + $days < $day)
