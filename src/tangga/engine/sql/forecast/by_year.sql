-- One row is one year of the forecast, area, programme ('' for all) and measure, from the month
-- `since` to that of `until`; the columns are those of a month. A band is of the year's sums.
SELECT y.year, y.since, y.until, g.level, g.area, nullif(g.programme, '') AS programme, g.measure,
       CASE WHEN g.exact THEN coalesce(e.many, 0) END AS exact,
       CAST(d.low AS BIGINT) AS low, CAST(d.median AS BIGINT) AS median, CAST(d.high AS BIGINT) AS high
FROM (
  SELECT * FROM $grid, (SELECT DISTINCT (k - 1) // 12 + 1 AS year FROM $calendar WHERE k > 0)
) AS g
JOIN (
  SELECT (k - 1) // 12 + 1 AS year, min(month) AS since, max(month) AS until
  FROM $calendar WHERE k > 0 GROUP BY 1
) AS y ON y.year = g.year
LEFT JOIN (
  SELECT level, area, measure, programme, (k - 1) // 12 + 1 AS year, CAST(sum(many) AS BIGINT) AS many
  FROM $exact WHERE k > 0 GROUP BY ALL
) AS e ON e.year = g.year AND e.area = g.area AND e.level = g.level
  AND e.measure = g.measure AND e.programme = g.programme
LEFT JOIN $drawn AS d ON d.k = g.year AND d.area = g.area AND d.level = g.level
  AND d.measure = g.measure AND d.programme = g.programme
WHERE $inside
ORDER BY y.year, length(g.area), g.area, g.measure, g.programme
