-- One row is one person, of a family concerned or named by support, and a family or card in which
-- they are on the day, by any reading; key: person_id, family_id, kk.
SELECT DISTINCT person_id, family_id, kk FROM $memberships
WHERE person_id IN (
    SELECT person_id FROM $people
    UNION ALL SELECT person_id FROM $owned WHERE person_id IS NOT NULL
  )
  AND coalesce(valid_from <= DATE '$on', TRUE) AND coalesce(valid_to > DATE '$on', TRUE)
