-- One row is one family that a list has; key: source, unit. `village`: where the register has it;
-- else the list. `known`: the register proper has somebody of it; `persons_lacking`: how many on the
-- list it does not have.
SELECT l.source, l.unit, f.family_id, CASE WHEN l.unit < 0 THEN min(l.pid) END AS pid,
       coalesce(min(f.village), min(r.village)) AS village, bool_or(l.family_known) AS known,
       count(DISTINCT l.pid) AS persons,
       count(DISTINCT l.pid) FILTER (WHERE NOT l.known) AS persons_lacking
FROM $listed AS l JOIN $records AS r ON l.rid = r.rid
LEFT JOIN $units AS f ON l.unit = f.unit
WHERE coalesce(f.status = 'active', TRUE)
GROUP BY l.source, l.unit, f.family_id
