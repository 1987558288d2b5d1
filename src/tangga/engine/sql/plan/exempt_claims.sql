-- One row is one person of whom some record claims what exempts, though the register believes
-- otherwise, and no complete visit has come since; key: person_id.
SELECT p.person_id
FROM (
  SELECT s.pid, max(r.as_of) AS claimed_on FROM $records AS r JOIN $spine AS s ON r.rid = s.rid
  GROUP BY s.pid
) AS c
JOIN $persons AS p ON $person_id = p.person_id
LEFT JOIN $visits AS v ON p.family_id = v.family_id
WHERE coalesce(v.visited_on <= c.claimed_on, TRUE)
