-- One row is one found family, and the register's family it is or was; key: family. A family
-- that nobody is in any more is counted to the one that holds most of its people (ties: the
-- smaller).
WITH left_behind AS (
  SELECT s.family, coalesce(k.found_unit, k.unit) AS unit, count(*) AS people
  FROM $seen_in AS s ANTI JOIN $units AS u ON s.family = u.family
  JOIN $kin AS k ON s.pid = k.pid
  GROUP BY s.family, coalesce(k.found_unit, k.unit)
),
ranked AS (
  SELECT family, unit,
         row_number() OVER (PARTITION BY family ORDER BY people DESC, unit) AS place
  FROM left_behind
)
SELECT family, unit FROM $units
UNION ALL
SELECT family, unit FROM ranked WHERE place = 1
