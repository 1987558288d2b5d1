-- One row is one person whom support reached, with the months as bits, whatever their age: those
-- whom it names, those who were in the family, and those on the card that it names.
-- Key: person_id.
SELECT person_id, $bits FROM (
  SELECT person_id, $words FROM $owned WHERE person_id IS NOT NULL
  UNION ALL
  SELECT m.person_id, $met
  FROM $memberships AS m JOIN $family_months AS u ON m.family_id = u.family_id
  JOIN $persons AS p ON m.person_id = p.person_id
  UNION ALL
  SELECT m.person_id, $met
  FROM $memberships AS m
  JOIN (SELECT card, $bits FROM $owned WHERE card IS NOT NULL GROUP BY card) AS u ON m.kk = u.card
  JOIN $persons AS p ON m.person_id = p.person_id
) GROUP BY person_id
