-- One row is one family that a programme runs for without naming a component, and a stretch of months
-- in which nobody of it changes; key: family_id, programme, first. Where the list names components as
-- well, these speak as long as they run.
SELECT * FROM (
  SELECT s.family_id, s.programme, greatest(s.first, coalesce(n.past, 0))::INTEGER AS first,
         least(s.past, h.past)::INTEGER AS past, s.amount, s.known AND h.known AS known,
         NULL::VARCHAR AS person_id, TRUE AS listed
  FROM $stretches AS s
  JOIN (SELECT * FROM $holders WHERE component = '') AS h
    ON h.family_id = s.family_id AND h.programme = s.programme
  LEFT JOIN (
    SELECT family_id, programme, max(past) AS past FROM $holders WHERE component <> ''
    GROUP BY family_id, programme
  ) AS n ON n.family_id = s.family_id AND n.programme = s.programme
) WHERE first < past
