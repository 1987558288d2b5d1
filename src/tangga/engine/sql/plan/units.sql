-- One row is one family, person named, card named and programme, with its months as bits: enrolled,
-- paid, failed. Key: family_id, person_id, card, programme.
SELECT family_id, person_id, card, programme, $bits
FROM $grants GROUP BY family_id, person_id, card, programme
