-- One row is one event of the kinds asked for, of a family or person; key: unit, event, on_date.
SELECT on_date, min(village) AS village, arg_min(worker, rid) AS worker, TRUE AS done,
       NULL::VARCHAR AS unit, NULL::VARCHAR AS state, '' AS programme
FROM $events WHERE $of IS NOT NULL GROUP BY $of, event, on_date
