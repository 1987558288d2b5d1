-- One row is one number that a reference names, and the persons whose records carry it, `low` and
-- `high` of them (equal: one person); key: number.
SELECT r.$number AS number, min(s.pid) AS low, max(s.pid) AS high
FROM $records AS r JOIN $spine AS s ON r.rid = s.rid
SEMI JOIN $refs AS w ON r.$number = w.number
WHERE r.$number IS NOT NULL
GROUP BY r.$number
