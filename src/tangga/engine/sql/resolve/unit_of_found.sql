-- One row is one found family that somebody is in now, and the register's family it is; key:
-- family. It is an official family where each is the other's best (ties: the smaller), else its
-- own.
WITH both_ways AS (
  SELECT f.family AS found, o.family AS official, count(*) AS people
  FROM $found AS f JOIN $official AS o ON f.pid = o.pid GROUP BY f.family, o.family
),
ranked AS (
  SELECT found, official,
         row_number() OVER (PARTITION BY found ORDER BY people DESC, official) AS of_found,
         row_number() OVER (PARTITION BY official ORDER BY people DESC, found) AS of_official
  FROM both_ways
),
same AS (SELECT found, official FROM ranked WHERE of_found = 1 AND of_official = 1)
SELECT DISTINCT f.family, coalesce(s.official, f.family) AS unit
FROM $found AS f LEFT JOIN same AS s ON f.family = s.found
