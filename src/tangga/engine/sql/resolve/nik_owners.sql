-- One row is one number that a reference names, and the persons whose records carry it, `low` and
-- `high` of them (equal: one person); key: number.
SELECT r.$number AS number, min(r.pid) AS low, max(r.pid) AS high
FROM $people AS r
SEMI JOIN (SELECT number FROM $refs AS w WHERE $of_refs) AS w ON r.$number = w.number
WHERE r.$number IS NOT NULL AND $of_people
GROUP BY r.$number
