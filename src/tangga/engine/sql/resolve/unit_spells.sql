-- One row is one person's time in a family by the reading found (1), or official (2) where a base
-- holds them; key: pid, kind, unit. `place` as in `sightings`; `open`: the family they are in now.
WITH seen AS (
  SELECT s.pid, u.unit, min(s.first_seen) AS first_seen, max(s.last_seen) AS last_seen,
         min(s.place) AS place
  FROM $seen_in AS s JOIN $unit_of_family AS u ON s.family = u.family
  WHERE $part GROUP BY s.pid, u.unit
),
timed AS (
  SELECT seen.*, coalesce(seen.unit = k.found_unit, FALSE) AS open, k.official_unit IS NULL AS leads,
         lead(first_seen) OVER (PARTITION BY seen.pid ORDER BY first_seen, last_seen, seen.unit)
           AS next_seen
  FROM seen JOIN $kin AS k ON seen.pid = k.pid
)
SELECT pid, 1 AS kind, unit, NULL::BIGINT AS node, open, open AND leads AS programme,
       first_seen, last_seen, next_seen, place
FROM timed
UNION ALL
SELECT s.pid, 2, s.family, NULL, TRUE, TRUE, s.first_seen, s.first_seen, NULL, s.place
FROM $official AS s WHERE $part
