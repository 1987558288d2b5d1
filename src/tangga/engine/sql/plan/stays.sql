-- One row is one person and a family they were in, by any reading: since when, and the months as
-- bits. Key: person_id, family_id. Most times are open: of those only the earliest counts.
SELECT person_id, family_id, since, $bits
FROM (
  SELECT person_id, family_id, min(valid_from) AS since,
         min(valid_from) FILTER (WHERE valid_to IS NULL) AS open_since, $closed
  FROM $memberships GROUP BY person_id, family_id
)
