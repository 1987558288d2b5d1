-- One row is one release in force and the one before it in the same source; key: now.
SELECT c.number AS now, max(p.number) AS before
FROM $releases AS c JOIN $releases AS p ON c.source = p.source AND p.number < c.number
WHERE c.state = 'in_force' GROUP BY c.number
