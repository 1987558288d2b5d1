-- One row is one person named by support of a family, and another family in which they were for a
-- time, with those months as bits. Key: person_id, family_id, home.
SELECT o.person_id, o.family_id, m.family_id AS home, $bits
FROM (SELECT DISTINCT person_id, family_id FROM $owned WHERE person_id IS NOT NULL) AS o
JOIN $memberships AS m
  ON o.person_id = m.person_id AND o.family_id IS DISTINCT FROM m.family_id
JOIN $persons AS p ON m.person_id = p.person_id
GROUP BY o.person_id, o.family_id, m.family_id
