-- One row is one visit that saw the income of a family where a poverty line is known; key: rid.
-- `above`: income per head at least so many times the line of the place on that day.
SELECT v.family_id, v.on_date, v.rid, v.worker,
       v.income::DECIMAL(18, 0) >= n.members * l.amount * $buffer AS above
FROM $visits AS v
JOIN (
  SELECT p.family_id, CAST(count(*) AS DECIMAL(6, 0)) AS members
  FROM $persons AS p SEMI JOIN $visits AS w ON p.family_id = w.family_id
  WHERE p.status <> 'dead' GROUP BY p.family_id
) AS n ON v.family_id = n.family_id
JOIN $families AS f ON v.family_id = f.family_id
JOIN $lines AS l ON coalesce(v.village, f.village) = l.village
  AND v.on_date >= l.valid_from AND coalesce(v.on_date < l.valid_to, TRUE)
WHERE v.complete AND v.income IS NOT NULL
