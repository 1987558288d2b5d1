-- One row is one family on the ladder and its cell: area, rung and kind; key: family_id. k: the month
-- of the calendar in which it reaches the cap by arithmetic. It parts no cells: no step asks for it.
SELECT family_id, area, rung, kind, k,
       CAST(dense_rank() OVER (ORDER BY area, rung, kind) - 1 AS INTEGER) AS cell
FROM (
  SELECT family_id, $area AS area, rung, kind, $k AS k
  FROM $families WHERE rung IS NOT NULL
)
