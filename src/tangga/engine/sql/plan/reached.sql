-- One row is one person whom support reached, with the months as bits, whatever their age: those
-- whom it names, and those who were in the family. Key: person_id.
SELECT person_id, $bits FROM (
  SELECT person_id, $words FROM $owned WHERE person_id IS NOT NULL
  UNION ALL
  SELECT s.person_id, $met
  FROM $stays AS s JOIN $family_months AS u ON s.family_id = u.family_id
  JOIN $persons AS p ON s.person_id = p.person_id$by_card
) GROUP BY person_id
