-- One row is one family that a programme runs for without naming a component, and a stretch of months
-- in which nobody of it changes; key: family_id, programme, first.
SELECT s.family_id, s.programme, s.first, s.past, s.amount, s.known, NULL::VARCHAR AS person_id
FROM $stretches AS s
SEMI JOIN (SELECT * FROM $running WHERE component IS NULL) AS r
  ON s.family_id = r.family_id AND s.programme = r.programme
