-- One row is one family in which nobody lives any more; key: family_id. `died_on`: when the last
-- member died, NULL where the day of one death is not known.
WITH alive AS (
  SELECT DISTINCT p.family_id FROM $persons AS p
  SEMI JOIN $dead AS f ON f.family_id = p.family_id
  ANTI JOIN $dead AS d ON d.person_id = p.person_id
)
SELECT d.family_id, CASE WHEN count(*) = count(d.died_on) THEN max(d.died_on) END AS died_on
FROM $dead AS d ANTI JOIN alive AS a ON a.family_id = d.family_id
WHERE d.family_id IS NOT NULL
GROUP BY d.family_id
