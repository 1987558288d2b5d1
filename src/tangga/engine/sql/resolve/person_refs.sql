-- One row is one reference to a person and what was found; key: rid, role. `attached_by`: nik,
-- source_id, ambiguous, not_found; null where the row names no person. `sure`: the number is
-- confirmed by name or birth date, or nothing stands beside it.
SELECT w.rid, w.role, w.of_kind,
       CASE WHEN o.low = o.high THEN o.low
            WHEN c.name_low = c.name_high THEN c.name_low
            WHEN c.birth_low = c.birth_high THEN c.birth_low
            WHEN o.number IS NULL AND i.low = i.high THEN i.low END AS pid,
       CASE WHEN o.low = o.high OR c.name_low = c.name_high OR c.birth_low = c.birth_high THEN 'nik'
            WHEN o.number IS NULL AND i.low = i.high THEN 'source_id'
            WHEN o.number IS NOT NULL OR i.low IS NOT NULL THEN 'ambiguous'
            WHEN w.number IS NOT NULL OR w.person_source_id IS NOT NULL THEN 'not_found'
       END AS attached_by,
       CASE WHEN o.number IS NULL THEN i.low = i.high
            ELSE coalesce(c.name_low = c.name_high, FALSE) OR coalesce(c.birth_low = c.birth_high, FALSE)
                 OR (o.low = o.high AND coalesce(c.bare, FALSE)) END AS sure
FROM $refs AS w
LEFT JOIN $owners AS o ON w.number = o.number
LEFT JOIN $closer AS c ON w.rid = c.rid AND w.role = c.role
LEFT JOIN $source_ids AS i ON w.rid = i.rid AND w.role = i.role
