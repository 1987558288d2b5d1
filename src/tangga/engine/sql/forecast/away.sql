-- One row is one person named by support of a family in which they are not, and a family in which
-- they are; key: person_id, family_id, home.
SELECT o.person_id, o.family_id, s.family_id AS home
FROM (SELECT DISTINCT person_id, family_id FROM $owned WHERE person_id IS NOT NULL) AS o
JOIN $stays AS s ON o.person_id = s.person_id
ANTI JOIN $stays AS i ON o.person_id = i.person_id AND o.family_id = i.family_id
