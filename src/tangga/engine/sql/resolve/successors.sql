-- One row is one id that was merged into another, and the id that stands for it now (of several
-- steps, the last); key: old_id.
WITH RECURSIVE chain AS (
  SELECT old_id, new_id, 1 AS step FROM $lineage WHERE kind = 'merge'
  UNION ALL
  SELECT c.old_id, l.new_id, c.step + 1
  FROM chain AS c JOIN $lineage AS l ON c.new_id = l.old_id AND l.kind = 'merge' WHERE c.step < 100
)
SELECT old_id, arg_max(new_id, step) AS new_id FROM chain GROUP BY old_id
