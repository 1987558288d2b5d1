-- One row is one reference by number that needs a closer look (several owners, or an event, which
-- must be sure), and the owners who also agree in name or birth date; key: rid, role.
WITH looked AS (
  SELECT w.rid, w.role, w.number, w.birth_date, w.name_clean
  FROM $refs AS w JOIN $owners AS o ON w.number = o.number
  WHERE (o.low <> o.high OR w.of_kind = 'events') AND $of_refs
)
SELECT k.rid, k.role,
       min(r.pid) FILTER (WHERE $clean = k.name_clean) AS name_low,
       max(r.pid) FILTER (WHERE $clean = k.name_clean) AS name_high,
       min(r.pid) FILTER (WHERE $birth_date = k.birth_date) AS birth_low,
       max(r.pid) FILTER (WHERE $birth_date = k.birth_date) AS birth_high,
       k.name_clean IS NULL AND k.birth_date IS NULL AS bare
FROM looked AS k JOIN $people AS r ON k.number = r.$number
$join
WHERE $of_people
GROUP BY k.rid, k.role, k.name_clean, k.birth_date
