-- One row is one reference and the family it belongs to: that of the person found, else that of
-- the source's own family id, else that of the card; key: rid.
SELECT w.rid, p.pid, coalesce(k.unit, h.unit, c.unit) AS unit,
       CASE WHEN p.pid IS NOT NULL THEN p.attached_by
            WHEN h.unit IS NOT NULL THEN 'source_id'
            WHEN c.unit IS NOT NULL THEN 'card'
            WHEN p.attached_by = 'ambiguous' OR h.node IS NOT NULL OR c.node IS NOT NULL THEN 'ambiguous'
            ELSE 'not_found' END AS attached_by
FROM $refs AS w LEFT JOIN (SELECT * FROM $person_refs AS w WHERE $part) AS p ON w.rid = p.rid AND p.role = 'self'
LEFT JOIN $kin AS k ON p.pid = k.pid
LEFT JOIN $holders AS h ON w.home = h.node
LEFT JOIN $holders AS c ON w.card = c.node
WHERE w.role = 'self' AND $part
