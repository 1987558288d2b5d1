-- One row is one visited family; key: family_id. visited_on: the last visit that was complete.
-- statement: what the last visit that asked for one says, since the family stands on its rung;
-- minutes: whether a visit has a document from then on.
WITH since AS (
  SELECT v.* FROM $visits AS v LEFT JOIN $rungs AS r ON v.family_id = r.family_id
  WHERE coalesce(v.on_date >= r.rung_since, TRUE)
),
said AS (
  SELECT family_id, arg_max(statement, struct_pack(on_date, rid)) AS statement,
         max(on_date) AS said_on
  FROM since WHERE statement IS NOT NULL GROUP BY family_id
),
minuted AS (
  SELECT DISTINCT s.family_id FROM since AS s JOIN said ON s.family_id = said.family_id
  WHERE s.document IS NOT NULL AND s.on_date >= said.said_on
)
SELECT v.family_id, max(v.on_date) FILTER (WHERE v.complete) AS visited_on,
       min(said.statement) AS statement, count(m.family_id) > 0 AS minutes
FROM $visits AS v LEFT JOIN said ON v.family_id = said.family_id
LEFT JOIN minuted AS m ON v.family_id = m.family_id
WHERE v.family_id IS NOT NULL GROUP BY v.family_id
