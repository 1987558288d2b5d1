-- One row is one person of a family concerned whom a record will claim to be exempt in months to
-- come and does not on the day of the run, with those months; key: person_id. As the history of a
-- run has it, a complete visit since the record settles the claim.
SELECT p.person_id, bit_or(c.claims) AS claims
FROM (
  SELECT s.pid, r.as_of, r.claims
  FROM (
    SELECT rid, as_of, $claims AS claims FROM $records AS d WHERE latest AND as_of <= DATE '$on'
  ) AS r JOIN $spine AS s ON r.rid = s.rid
  WHERE r.claims <> 0 AND r.claims & 1 = 0
) AS c
JOIN (SELECT person_id, family_id FROM $people) AS p ON $person_id = p.person_id
LEFT JOIN $visits AS v ON p.family_id = v.family_id
WHERE coalesce(v.visited_on <= c.as_of, TRUE)
GROUP BY p.person_id
