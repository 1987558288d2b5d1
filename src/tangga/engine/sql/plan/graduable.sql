-- One row is one family that can graduate, with its rung and the worker who cares for it; key:
-- family_id. Who cares is null where nobody does.
SELECT c.family_id, c.village, c.rung, a.worker
FROM $care AS c
LEFT JOIN (
  SELECT family_id, min(worker) AS worker FROM $assignments GROUP BY family_id
) AS a ON a.family_id = c.family_id
WHERE c.graduable
ORDER BY c.village, c.family_id
