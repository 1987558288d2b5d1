-- One row is one reference by number that needs a closer look (several owners, or an event, which
-- must be sure), and the owners who also agree in name or birth date; key: rid, role.
WITH looked AS (
  SELECT w.rid, w.role, w.number, w.birth_date, n.name_clean
  FROM $refs AS w JOIN $owners AS o ON w.number = o.number
  LEFT JOIN $names AS n ON w.name = n.name
  WHERE o.low <> o.high OR w.of_kind = 'events'
)
SELECT k.rid, k.role,
       min(s.pid) FILTER (WHERE n.name_clean = k.name_clean) AS name_low,
       max(s.pid) FILTER (WHERE n.name_clean = k.name_clean) AS name_high,
       min(s.pid) FILTER (WHERE $birth_date = k.birth_date) AS birth_low,
       max(s.pid) FILTER (WHERE $birth_date = k.birth_date) AS birth_high,
       k.name_clean IS NULL AND k.birth_date IS NULL AS bare
FROM looked AS k JOIN $records AS r ON k.number = r.$number JOIN $spine AS s ON r.rid = s.rid
LEFT JOIN $names AS n ON r.name = n.name
GROUP BY k.rid, k.role, k.name_clean, k.birth_date
