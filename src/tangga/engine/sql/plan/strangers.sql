-- One row is one person named by support of a family, and another family in which they were for a
-- time, with those months as bits. Key: person_id, family_id, home.
SELECT o.person_id, o.family_id, s.family_id AS home, $there
FROM (SELECT DISTINCT person_id, family_id FROM $owned WHERE person_id IS NOT NULL) AS o
JOIN $stays AS s ON o.person_id = s.person_id AND o.family_id IS DISTINCT FROM s.family_id
JOIN $persons AS p ON s.person_id = p.person_id
