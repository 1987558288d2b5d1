-- One row is one event that a worker recorded: by the cut-off of the month that follows; key: the
-- event. Not known where nobody wrote when.
SELECT on_date, village, worker,
       noted_on <= (date_trunc('month', on_date) + INTERVAL 1 MONTH)::DATE + ($report_day - 1) AS done,
       NULL::VARCHAR AS unit, NULL::VARCHAR AS state, '' AS programme
FROM $events WHERE worker IS NOT NULL
