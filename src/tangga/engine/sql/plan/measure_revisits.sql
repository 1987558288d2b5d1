-- One row is one family drawn to be visited again; key: month, family_id. Those with time left are
-- not counted yet.
SELECT visited_on AS on_date, village, coalesce(revisited_by, worker) AS worker,
       revisited_on IS NOT NULL AS done, NULL::VARCHAR AS unit, NULL::VARCHAR AS state,
       '' AS programme
FROM $revisits WHERE revisited_on IS NOT NULL OR again_by < $day
