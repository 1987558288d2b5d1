-- One row is one payment and a dead person whom it names, as the one whom it is for or as payee;
-- key: source, source_id, person_id.
WITH dead AS (SELECT person_id, nik FROM $persons WHERE status = 'dead' AND death_date IS NOT NULL),
named AS (
  SELECT y.source, y.source_id, d.person_id
  FROM $payments AS y JOIN dead AS d ON d.person_id = y.person_id
  UNION
  SELECT y.source, y.source_id, min(d.person_id)
  FROM $payments AS y JOIN dead AS d ON d.nik = y.number
  GROUP BY y.source, y.source_id HAVING count(*) = 1
)
SELECT y.family_id, n.person_id, y.programme, y.component, y.period_start, y.period_end, y.paid_on,
       y.amount, y.status, y.source, y.source_id
FROM $payments AS y JOIN named AS n ON n.source = y.source AND n.source_id = y.source_id
