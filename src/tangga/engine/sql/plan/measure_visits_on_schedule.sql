-- One row is one planned visit that was made, or should have been by now: made within so many days
-- of the plan; key: the visit.
SELECT planned_day AS on_date, village, worker,
       coalesce(result IN ($made), TRUE) AND coalesce(abs(on_date - planned_day) <= $days, FALSE) AS done,
       NULL::VARCHAR AS unit, NULL::VARCHAR AS state, '' AS programme
FROM $visits
WHERE planned_day IS NOT NULL AND $purposes AND (on_date IS NOT NULL OR planned_day + $days < $day)
