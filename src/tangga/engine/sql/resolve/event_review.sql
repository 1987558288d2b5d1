-- One row is one event that would change a person or a family but was not applied, because it is
-- not certain whom it means; key: rid.
SELECT e.source, e.source_id, e.event, e.on_date,
       CASE WHEN e.on_date IS NULL THEN 'no_date' WHEN p.pid IS NULL THEN coalesce(p.attached_by, 'not_found')
            ELSE 'not_confirmed' END AS why,
       $person_id AS person_id, e.rid
FROM $events AS e JOIN $person_refs AS p ON e.rid = p.rid AND p.role = 'self'
WHERE e.latest AND e.event NOT IN ('shock', 'rung_move', 'payee_changed', 'name_changed', 'nik_recorded')
  AND (p.pid IS NULL OR e.on_date IS NULL
       OR NOT (p.sure OR (e.event = 'birth' AND p.attached_by = 'card')))
ORDER BY e.rid
