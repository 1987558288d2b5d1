-- One row is one person who died, and the last day that anything says; key: person_id.
SELECT person_id, family_id, nik, death_date AS died_on FROM $died WHERE status = 'dead'
