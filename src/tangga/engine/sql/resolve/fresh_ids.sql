-- One row is one group that gets a new id in this round; key: grp.
-- Two groups whose hashes fall together: the smaller key keeps it, the other asks again.
WITH asked AS (
  SELECT grp, key, $hashed AS id
  FROM $waiting
),
free AS (SELECT a.* FROM asked AS a ANTI JOIN $ledger AS l ON a.id = l.id),
first AS (SELECT id, min(key) AS key FROM free GROUP BY id)
SELECT free.grp, free.key, free.id, $n AS n
FROM free JOIN first ON free.id = first.id AND free.key = first.key
