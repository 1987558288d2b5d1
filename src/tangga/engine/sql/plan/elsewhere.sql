-- One row is one person named by support of a family, and another family in which they were, with
-- the months in which they were there and not in the family named. Key: as `strangers`.
SELECT s.person_id, s.family_id, s.home, $bits
FROM $strangers AS s LEFT JOIN (
  SELECT m.person_id, m.family_id, $inside
  FROM $memberships AS m JOIN $persons AS p ON m.person_id = p.person_id
  SEMI JOIN $strangers AS s ON m.person_id = s.person_id AND m.family_id = s.family_id
  GROUP BY m.person_id, m.family_id
) AS i ON s.person_id = i.person_id AND s.family_id = i.family_id
