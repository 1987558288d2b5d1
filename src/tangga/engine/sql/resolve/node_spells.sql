-- One row is one person's time on a family card (0) or in a family that a source found in the
-- field (3, residence); key: pid, kind, unit, first_seen. Of what the cards say, the civil
-- registry's latest word is the present, else the most recent. Most people were on one card only:
-- they need no order.
WITH alone AS (
  SELECT pid, is_card, count(*) AS nodes, min(node) AS node, min(first_seen) AS first_seen,
         max(last_seen) AS last_seen, min(place) AS place
  FROM $sightings AS s WHERE (is_card OR field_last IS NOT NULL) AND $part
  GROUP BY pid, is_card
),
seen AS (
  SELECT s.pid, s.is_card, u.unit, s.node, s.first_seen, s.last_seen, s.place,
         row_number() OVER (
           PARTITION BY s.pid, s.is_card
           ORDER BY s.civil_last DESC NULLS LAST, s.last_seen DESC, s.place, s.node
         ) = 1 AS open
  FROM $sightings AS s JOIN $unit_of_node AS u ON s.node = u.node
  SEMI JOIN (SELECT pid, is_card FROM alone WHERE nodes > 1) AS m
    ON s.pid = m.pid AND s.is_card = m.is_card
  WHERE (s.is_card OR s.field_last IS NOT NULL) AND $part
),
timed AS (
  SELECT *, lead(first_seen) OVER later AS next_seen, lead(unit) OVER later AS next_unit
  FROM seen
  WINDOW later AS (PARTITION BY pid, is_card ORDER BY first_seen, unit, open, last_seen, node)
)
SELECT a.pid, CASE WHEN a.is_card THEN 0 ELSE 3 END AS kind, u.unit, a.node, TRUE AS open,
       FALSE AS programme, a.first_seen, a.last_seen, NULL::DATE AS next_seen, a.place
FROM alone AS a JOIN $unit_of_node AS u ON a.node = u.node WHERE a.nodes = 1
UNION ALL
SELECT pid, CASE WHEN is_card THEN 0 ELSE 3 END, unit, node, open, FALSE, first_seen, last_seen,
       nullif(next_seen, first_seen), place
FROM timed
WHERE open OR next_seen IS DISTINCT FROM first_seen OR next_unit IS DISTINCT FROM unit
