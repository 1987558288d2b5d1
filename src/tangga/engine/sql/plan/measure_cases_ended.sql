-- One row is one case that ended: in one of the states asked for, or in another; key: the case.
SELECT closed AS on_date, village, worker, ended_in IN ($states) AS done,
       NULL::VARCHAR AS unit, NULL::VARCHAR AS state, '' AS programme
FROM $cases WHERE NOT open
