-- One row is one family and stretch of months in which the programme runs for it, with what those
-- counted within the limits make a year; key: family_id, first.
SELECT t.family_id, '$programme', t.k, t.past, coalesce(c.amount, 0), coalesce(c.known, TRUE)
FROM $turned AS t LEFT JOIN (
  SELECT family_id, CAST(coalesce(sum(amount) FILTER (WHERE counted), 0) AS BIGINT) AS amount,
         bool_and(known) AS known
  FROM ($counted) GROUP BY family_id
) AS c ON c.family_id = t.family_id || '@' || t.k
WHERE t.running
