-- One row is one reference that no number settles but whose name stands, exactly, on the card it
-- names; `low` and `high` of the persons of that name there; key: rid, role.
WITH looked AS (
  SELECT w.rid, w.role, w.card, w.name_clean, w.birth_date
  FROM $refs AS w
  LEFT JOIN $owners AS o ON w.number = o.number
  WHERE w.card IS NOT NULL AND w.name_clean IS NOT NULL AND o.number IS NULL AND $of_refs
)
SELECT k.rid, k.role, min(r.pid) AS low, max(r.pid) AS high
FROM looked AS k JOIN $people AS r ON k.card = r.in_card
$join
WHERE $of_people AND $clean = k.name_clean
  AND coalesce($birth_date = k.birth_date, TRUE)
GROUP BY k.rid, k.role
