-- One row is one person in rehabilitation, with those months as bits; key: person_id. A case that
-- is over without a date ends where its source was true.
SELECT person_id, $bits FROM (
  SELECT person_id, $opened AS first, least($closed, $now) + 1 AS past FROM $cases
) GROUP BY person_id
