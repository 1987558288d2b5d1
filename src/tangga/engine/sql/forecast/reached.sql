-- One row is one person whom support reaches in months to come, whatever their age; key: person_id.
SELECT person_id, bit_or(months) AS months FROM (
  SELECT person_id, months FROM $owned WHERE person_id IS NOT NULL
  UNION ALL
  SELECT s.person_id, g.months FROM $stays AS s JOIN $given AS g ON s.family_id = g.family_id
  UNION ALL
  SELECT s.person_id, o.months FROM $stays AS s JOIN $owned AS o ON s.kk = o.card
  WHERE o.person_id IS NULL
) GROUP BY person_id
