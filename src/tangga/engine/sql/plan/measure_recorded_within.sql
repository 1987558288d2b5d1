-- One row is one event of the kinds asked for: recorded within so many days; key: unit, event,
-- on_date. Not known where nobody wrote when it was recorded.
SELECT on_date, min(village) AS village, arg_min(worker, rid) AS worker,
       min(noted_on) - on_date <= $days AS done,
       NULL::VARCHAR AS unit, NULL::VARCHAR AS state, '' AS programme
FROM $events WHERE $of IS NOT NULL GROUP BY $of, event, on_date
