-- One row is one complete visit of the purposes asked for; key: the visit.
SELECT on_date, village, worker, TRUE AS done, NULL::VARCHAR AS unit, NULL::VARCHAR AS state,
       '' AS programme
FROM $visits
WHERE on_date IS NOT NULL AND result IN ($complete) AND $purposes
