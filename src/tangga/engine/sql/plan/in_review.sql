-- One row is one person with a possible double: a pair that a clerk has not judged, whose records
-- are two persons now; key: person_id. Said plainly, `<>` may become a join of all with all.
WITH pairs AS (
  SELECT p.person_id AS one, q.person_id AS other
  FROM (SELECT left_rid, right_rid FROM $links WHERE decision = 'review') AS k
  JOIN $crosswalk AS p ON k.left_rid = p.rid JOIN $crosswalk AS q ON k.right_rid = q.rid
  WHERE coalesce(p.person_id <> q.person_id, FALSE)
)
SELECT one AS person_id FROM pairs UNION SELECT other FROM pairs
