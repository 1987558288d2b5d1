-- One row is one person and a family they were in, by any reading: since when, and the months as
-- bits. Key: person_id, family_id.
SELECT person_id, family_id, min(valid_from) AS since, $bits
FROM $memberships GROUP BY person_id, family_id
