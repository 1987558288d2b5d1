-- One row is one area or worker, year and measure: its target and what was achieved by the day. Key:
-- year, level, area, pilar, worker, programme, measure, exits. target: NULL where none was set, or
-- nobody knows. achieved: NULL where nothing that tells was received, or the register knows nobody
-- there. Of a number `expected` is the part of the year that is over; of a share, so much of what was
-- due. behind: below zero is ahead. hidden: few people stand behind it, or would follow from it.
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
           CASE WHEN m.known AND year <= $year THEN coalesce(achieved, c.none) END AS achieved,
           CASE WHEN m.known AND m.shared AND year <= $year THEN coalesce(of, c.none) END AS of,
           CASE WHEN m.known AND year <= $year THEN coalesce(unknown, c.none) END AS unknown,
           coalesce(lasted, c.none) AS lasted, coalesce(fell, c.none) AS fell,
           coalesce(too_early, c.none) AS too_early),
         m.shared, m.hides
  FROM beside AS b JOIN $measures AS m ON m.measure = b.measure
  LEFT JOIN (
    SELECT level, area, '' AS worker, 0 AS none FROM $basis
    UNION ALL SELECT DISTINCT 'worker', area, worker, 0 FROM $workers
  ) AS c ON c.level = b.level AND c.area = b.area AND c.worker = b.worker
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
       hides AND (level NOT IN ($shown) OR s.area IS NOT NULL) AS hidden
FROM expecting AS e
LEFT JOIN $small AS s USING (year, measure, area)
ORDER BY ALL
