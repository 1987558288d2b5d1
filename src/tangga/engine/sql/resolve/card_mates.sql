-- One row is one reference that no number settles but whose name stands, exactly, on the card it
-- names; `low` and `high` of the persons of that name there; key: rid, role.
WITH looked AS (
  SELECT w.rid, w.role, w.card, n.name_clean, w.birth_date
  FROM $refs AS w JOIN $names AS n ON w.name = n.name
  LEFT JOIN $owners AS o ON w.number = o.number
  WHERE w.card IS NOT NULL AND o.number IS NULL
)
SELECT k.rid, k.role, min(s.pid) AS low, max(s.pid) AS high
FROM looked AS k JOIN $spine AS s ON k.card = s.card
JOIN $records AS r ON s.rid = r.rid JOIN $names AS n ON r.name = n.name
WHERE n.name_clean = k.name_clean
  AND coalesce($birth_date = k.birth_date, TRUE)
GROUP BY k.rid, k.role
