-- One row is what was achieved in one month by an area (at every level), or a worker (level
-- `worker`), of one measure. Key: year, month, level, area, pilar, worker, programme, measure, exits.
-- pilar '': all of the measure together. of: NULL of a measure that is a number.
WITH told AS (
  SELECT d.*, w.pilar AS own FROM $deeds AS d
  LEFT JOIN $who AS w ON w.measure = d.measure AND w.worker = d.worker
),
counted AS (
  SELECT year, month, village, c.pilar, programme, t.measure, exits, c.shared,
         sum(achieved) FILTER (WHERE unit = '') AS achieved,
         count(DISTINCT unit) FILTER (WHERE unit <> '' AND achieved > 0) AS units,
         sum(of) AS of, sum(unknown) AS unknown, sum(lasted) AS lasted, sum(fell) AS fell,
         sum(too_early) AS too_early
  FROM told AS t JOIN $counts AS c ON c.measure = t.measure
    AND (c.pilar = '' OR NOT c.by_worker OR c.pilar = t.own)
  GROUP BY ALL
),
areas AS (
  SELECT unnest($levels) AS place, * REPLACE (coalesce(achieved, 0) + units AS achieved)
  FROM counted
),
found AS (
  SELECT year, month, place.level AS level, place.area AS area, pilar, '' AS worker, programme,
         measure, exits, shared, sum(achieved) AS achieved, sum(of) AS of, sum(unknown) AS unknown,
         sum(lasted) AS lasted, sum(fell) AS fell, sum(too_early) AS too_early
  FROM areas GROUP BY ALL
  UNION ALL
  SELECT year, month, 'worker', a.area, t.own, t.worker, programme, t.measure, exits, c.shared,
         sum(achieved), sum(of), sum(unknown), sum(lasted), sum(fell), sum(too_early)
  FROM told AS t
  JOIN $counts AS c ON c.measure = t.measure AND c.pilar = t.own
  JOIN $workers AS a ON a.worker = t.worker AND a.pilar = t.own
  GROUP BY ALL
)
SELECT year, month, level, area, pilar, worker, programme, measure, exits,
       CAST(achieved AS BIGINT) AS achieved, CASE WHEN shared THEN CAST(of AS BIGINT) END AS of,
       CAST(unknown AS BIGINT) AS unknown, CAST(lasted AS BIGINT) AS lasted,
       CAST(fell AS BIGINT) AS fell, CAST(too_early AS BIGINT) AS too_early
FROM found
ORDER BY year, month, measure, exits, programme, pilar, area, level, worker
