-- One row is one person named by support of a family, and another family in which they were, with
-- the months in which they were there and not in the family named. Key: as `strangers`.
SELECT w.person_id, w.family_id, w.home, $bits
FROM $strangers AS w LEFT JOIN (
  SELECT s.person_id, s.family_id, $inside
  FROM $stays AS s JOIN $persons AS p ON s.person_id = p.person_id
  SEMI JOIN $strangers AS w ON s.person_id = w.person_id AND s.family_id = w.family_id
) AS i ON w.person_id = i.person_id AND w.family_id = i.family_id
