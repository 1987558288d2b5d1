-- One row is one family on the ladder and its cell: area, rung, kind, and the year of the calendar in
-- which it reaches the cap by arithmetic (0: it has; -1: not within it); key: family_id.
SELECT family_id, area, rung, kind, band, k,
       CAST(dense_rank() OVER (ORDER BY area, rung, kind, band) - 1 AS INTEGER) AS cell
FROM (
  SELECT family_id, $area AS area, rung, kind, $k AS k,
         CASE WHEN $k IS NULL THEN -1 WHEN $k = 0 THEN 0 ELSE ($k + 11) // 12 END AS band
  FROM $families WHERE rung IS NOT NULL
)
