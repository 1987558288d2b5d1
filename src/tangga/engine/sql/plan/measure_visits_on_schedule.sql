-- One row is one planned visit that was made, or should have been by now: made within so many days
-- of the plan; key: the visit.
SELECT due_on AS on_date, village, worker,
       coalesce(result IN ($made), TRUE) AND coalesce(abs(on_date - due_on) <= $days, FALSE) AS done,
       NULL::VARCHAR AS unit, NULL::VARCHAR AS state, '' AS programme
FROM $visits
WHERE due_on IS NOT NULL AND $purposes AND (on_date IS NOT NULL OR due_on + $days < $day)
