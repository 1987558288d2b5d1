-- One row is one area or worker, year and measure: its target and what was achieved by the day. Key:
-- year, level, area, pilar, worker, programme, measure, exits. target: NULL where none was set, or
-- nobody knows. achieved: NULL where nothing that tells was received. Of a number `expected` is the
-- part of the year that is over; of a share, so much of what was due. behind: below zero is ahead.
WITH done AS (
  SELECT year, level, area, pilar, worker, programme, measure, exits,
         CAST(sum(achieved) AS BIGINT) AS achieved, CAST(sum(of) AS BIGINT) AS of,
         CAST(sum(unknown) AS BIGINT) AS unknown, CAST(sum(lasted) AS BIGINT) AS lasted,
         CAST(sum(fell) AS BIGINT) AS fell, CAST(sum(too_early) AS BIGINT) AS too_early
  FROM $achievement GROUP BY ALL
),
beside AS (
  SELECT coalesce(t.year, d.year) AS year, coalesce(t.level, d.level) AS level,
         coalesce(t.area, d.area) AS area, coalesce(t.pilar, d.pilar) AS pilar,
         coalesce(t.worker, d.worker) AS worker, coalesce(t.programme, d.programme) AS programme,
         coalesce(t.measure, d.measure) AS measure, coalesce(t.exits, d.exits) AS exits,
         t.value AS target, t.given, t.measure IS NOT NULL AS has_target, d.* EXCLUDE (
           year, level, area, pilar, worker, programme, measure, exits)
  FROM $targets AS t FULL JOIN done AS d
    ON d.year = t.year AND d.level = t.level AND d.area = t.area AND d.pilar = t.pilar
    AND d.worker = t.worker AND d.programme = t.programme AND d.measure = t.measure
    AND d.exits = t.exits
),
measured AS (
  SELECT b.* REPLACE (
           CASE WHEN m.known AND year <= $year THEN coalesce(achieved, 0) END AS achieved,
           CASE WHEN m.known AND m.shared AND year <= $year THEN coalesce(of, 0) END AS of,
           CASE WHEN m.known AND year <= $year THEN coalesce(unknown, 0) END AS unknown),
         m.shared, m.hides
  FROM beside AS b JOIN $measures AS m ON m.measure = b.measure
),
expecting AS (
  SELECT *, CASE
      WHEN year > $year OR target IS NULL THEN NULL
      WHEN shared THEN (of * target + 99) // 100
      WHEN year < $year THEN target
      ELSE target * $begun // $days END AS expected
  FROM measured
)
SELECT year, level, area, pilar, worker, programme, measure, exits, target, given, achieved, of,
       unknown, expected, expected - achieved AS behind,
       CASE
         WHEN NOT has_target THEN 'no_target'
         WHEN year > $year THEN 'not_begun'
         WHEN achieved IS NULL OR expected IS NULL THEN 'not_known'
         WHEN shared AND of = 0 THEN 'nothing_due'
         WHEN achieved >= CASE WHEN shared THEN expected ELSE target END THEN 'reached'
         WHEN shared AND achieved + unknown >= expected THEN 'not_known'
         WHEN shared THEN 'behind'
         WHEN achieved * 100 > expected * (100 + $within) THEN 'ahead'
         WHEN achieved * 100 >= expected * (100 - $within) THEN 'on_course'
         WHEN (achieved + unknown) * 100 >= expected * (100 - $within) THEN 'not_known'
         ELSE 'behind' END AS state,
       CASE WHEN achieved IS NOT NULL AND NOT shared THEN lasted END AS lasted,
       CASE WHEN achieved IS NOT NULL AND NOT shared THEN fell END AS fell,
       CASE WHEN achieved IS NOT NULL AND NOT shared THEN too_early END AS too_early,
       hides AND coalesce(of, achieved, 0) BETWEEN 1 AND $least - 1 AS hidden
FROM expecting
ORDER BY year, measure, exits, programme, pilar, area, level, worker
