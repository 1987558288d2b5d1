-- One row is one person of a family that a programme runs for, whom one of its components fits or
-- may fit in some month; key: person_id. runs: the months in which it runs for the family.
SELECT * FROM (
  SELECT d.family_id, d.person_id, r.runs & $mask AS runs, $answers
  FROM $people AS d
  JOIN (
    SELECT family_id, bit_or(gives) AS runs FROM $running
    WHERE programme = '$programme' AND family_id IS NOT NULL GROUP BY family_id
  ) AS r ON d.family_id = r.family_id
  $joined
)
WHERE ($some) <> 0
