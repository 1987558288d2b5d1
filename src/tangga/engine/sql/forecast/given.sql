-- One row is one family that support reaches, with the months to come; key: family_id. Whom a row
-- names brings its months to the family in which they are (decision 0012).
SELECT family_id, bit_or(months) AS months FROM (
  SELECT o.family_id, o.months
  FROM $owned AS o LEFT JOIN $away AS a
    ON o.person_id = a.person_id AND o.family_id IS NOT DISTINCT FROM a.family_id
  WHERE o.family_id IS NOT NULL AND a.person_id IS NULL
  UNION ALL
  SELECT a.home, o.months
  FROM $away AS a JOIN $owned AS o
    ON o.person_id = a.person_id AND o.family_id IS NOT DISTINCT FROM a.family_id
) GROUP BY family_id
