-- One row is one graduation and worker who had met the family within $months months before, and was
-- not its own; key: unit, worker. unit: the graduation.
SELECT DISTINCT c.on_date, c.village, a.worker, TRUE AS done,
       c.family_id || '/' || c.on_date AS unit, NULL::VARCHAR AS state, '' AS programme
FROM $climbed AS c
JOIN $acts AS a ON a.family_id = c.family_id
  AND a.on_date BETWEEN c.on_date - INTERVAL $months MONTH AND c.on_date
WHERE c.sure AND a.worker IS DISTINCT FROM c.worker
