-- One row is one family (or, without one, person) and programme that has months for which payments
-- are known and all of them failed. Key: holder, programme.
SELECT holder, programme, $bits FROM (
  SELECT coalesce(family_id, person_id, card) AS holder, * FROM $units
  WHERE coalesce(family_id, person_id, card) IN (
    SELECT coalesce(family_id, person_id, card) FROM $units WHERE $any_failed
  )
) GROUP BY holder, programme
