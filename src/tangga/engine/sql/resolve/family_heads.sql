-- One row is one family of the register; key: unit. The head is whom the sources call so, else
-- the spouse, else the eldest; the living before the dead, members before others, ties by id.
WITH members AS (
  SELECT s.unit, s.pid, s.programme, s.first_seen, s.place % 128 AS relation,
         coalesce(t.status = 'dead', FALSE) AS dead, t.on_date, $birth_date AS birth_date
  FROM $unit_spells AS s LEFT JOIN $status AS t ON s.pid = t.pid
  LEFT JOIN $believed AS b ON s.pid = b.pid
  WHERE s.open
),
ranked AS (
  SELECT *, row_number() OVER (
    PARTITION BY unit
    ORDER BY dead, programme DESC, CASE relation WHEN $head THEN 0 WHEN $spouse THEN 1 ELSE 2 END,
             birth_date NULLS LAST, pid
  ) AS position
  FROM members
)
SELECT unit, min(pid) FILTER (WHERE position = 1) AS head, min(first_seen) AS first_seen,
       count(*) FILTER (WHERE programme AND NOT dead) AS members,
       bool_and(dead) AS ended, max(on_date) FILTER (WHERE dead) AS last_death
FROM ranked GROUP BY unit
