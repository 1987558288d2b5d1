-- One row is one graduation that is so old that it is known whether it lasted; key: family_id,
-- on_date. It counts in the month in which that was known.
SELECT (on_date + INTERVAL $months MONTH)::DATE AS on_date, village, worker, state = 'stands' AS done,
       NULL::VARCHAR AS unit, NULL::VARCHAR AS state, '' AS programme
FROM $climbed
WHERE sure AND state IS NOT NULL AND on_date + INTERVAL $months MONTH <= $day
