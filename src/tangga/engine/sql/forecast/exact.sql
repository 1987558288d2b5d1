-- One row is what comes by arithmetic in an area and month (`k`); key: level, area, measure,
-- programme, k. Who lives nobody knows where counts for the whole only.
SELECT t.level, t.area, measure, programme, k, CAST(sum(many) AS BIGINT) AS many
FROM (
  SELECT measure, programme, k, many, $levels AS t
  FROM (
    SELECT village, measure, programme, k, CAST(sum(many) AS BIGINT) AS many
    FROM ($happenings) GROUP BY ALL
  )
)
WHERE length(t.area) = $length
GROUP BY ALL
