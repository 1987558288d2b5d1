-- One row is what a worker (or nobody known) did in one village and month that one measure counts.
-- Key: measure, exits, year, month, village, worker, programme, unit. unit: what several workers can
-- count one by one and an area once; else ''.
SELECT $measure AS measure, $exits AS exits, year(on_date) AS year, month(on_date) AS month,
       coalesce(village, '') AS village, coalesce(worker, '') AS worker, programme,
       coalesce(unit, '') AS unit, count(*) FILTER (WHERE done) AS achieved, count(*) AS of,
       count(*) FILTER (WHERE done IS NULL) AS unknown,
       count(*) FILTER (WHERE done AND state = 'stands') AS lasted,
       count(*) FILTER (WHERE done AND state = 'fell') AS fell,
       count(*) FILTER (WHERE done AND state = 'too_early') AS too_early
FROM ($select)
GROUP BY ALL
