-- One row is one person with an open case of rehabilitation, in the family's village; key: person.
SELECT DISTINCT b.village AS area, coalesce(c.family_id, c.person_id) AS family, c.person_id,
       1 AS people_in_rehabilitation
FROM (
  SELECT person_id, family_id FROM $cases
  WHERE latest AND kind IN ($kinds) AND closed IS NULL AND coalesce(state, '') NOT IN ($over)
    AND person_id IS NOT NULL AND coalesce(opened, DATE '$on') <= DATE '$on'
) AS c
JOIN (SELECT person_id, village FROM $persons) AS b ON b.person_id = c.person_id
