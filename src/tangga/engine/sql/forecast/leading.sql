-- One row is a family's head or the head's spouse; key: person_id, family_id.
SELECT head_person_id AS person_id, family_id FROM $families WHERE head_person_id IS NOT NULL
UNION
SELECT person_id, family_id FROM $memberships WHERE programme AND relation IN ($relations)
