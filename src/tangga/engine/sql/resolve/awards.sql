-- One row is one old id and the group that holds most of its records (ties: the smallest record
-- key); key: id. `kept`: the one id that the group keeps, the others are merged into it.
WITH best AS (
  SELECT id, grp, records, key,
         row_number() OVER (PARTITION BY id ORDER BY records DESC, key, grp) AS place
  FROM $claims
),
won AS (
  SELECT id, grp,
         row_number() OVER (PARTITION BY grp ORDER BY records DESC, key, id) AS place
  FROM best WHERE place = 1
)
SELECT id, grp, place = 1 AS kept FROM won
