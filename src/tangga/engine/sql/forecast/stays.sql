-- One row is one person and a family or card in which they are on the day, by any reading; key:
-- person_id, family_id, kk.
SELECT DISTINCT person_id, family_id, kk FROM $memberships
WHERE coalesce(valid_from <= DATE '$on', TRUE) AND coalesce(valid_to > DATE '$on', TRUE)
