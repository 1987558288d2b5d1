-- One row is one person in rehabilitation on the day of the run, and the first month after it as
-- far as anybody knows; key: person_id. An open case goes on.
SELECT person_id, max(past) AS past FROM (
  SELECT person_id, coalesce($closed + 1, $forever) AS past FROM $cases
) GROUP BY person_id
