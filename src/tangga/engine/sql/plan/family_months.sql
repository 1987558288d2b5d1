-- One row is one family that support reached, with the months as bits; key: family_id. Whom a row
-- names brings its months to the family that they were in at the time (decision 0012).
SELECT family_id, $bits FROM (
  SELECT o.family_id, $stayed
  FROM $owned AS o LEFT JOIN (
    SELECT person_id, family_id, $away FROM $elsewhere GROUP BY person_id, family_id
  ) AS a ON o.person_id = a.person_id AND o.family_id = a.family_id
  WHERE o.family_id IS NOT NULL
  UNION ALL
  SELECT e.home, $brought
  FROM $elsewhere AS e JOIN $owned AS o
    ON e.person_id = o.person_id AND e.family_id IS NOT DISTINCT FROM o.family_id
) GROUP BY family_id
