-- One row is one month, area, programme ('' for all) and measure. exact: by arithmetic, NULL of what
-- is only drawn. low, median, high: of the futures drawn, NULL of what is not drawn. Key: month,
-- level, area, programme, measure.
SELECT c.month, g.level, g.area, nullif(g.programme, '') AS programme, g.measure,
       CASE WHEN g.exact THEN coalesce(e.many, 0) END AS exact,
       CAST(d.low AS BIGINT) AS low, CAST(d.median AS BIGINT) AS median, CAST(d.high AS BIGINT) AS high
FROM (SELECT * FROM $grid, (SELECT k FROM $calendar WHERE k > 0)) AS g
JOIN $calendar AS c ON g.k = c.k
LEFT JOIN $exact AS e ON e.k = g.k AND e.area = g.area AND e.level = g.level
  AND e.measure = g.measure AND e.programme = g.programme
LEFT JOIN $drawn AS d ON d.k = g.k AND d.area = g.area AND d.level = g.level
  AND d.measure = g.measure AND d.programme = g.programme
WHERE $inside
ORDER BY c.month, length(g.area), g.area, g.measure, g.programme
