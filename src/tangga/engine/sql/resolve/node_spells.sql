-- One row is one person's time on a family card (`card`) or in a family that a source found in the
-- field (`residence`); key: pid, kind, unit, first_seen. Of what the card says, the civil
-- registry's latest word is the present, else the most recent.
WITH seen AS (
  SELECT s.pid, CASE WHEN s.is_card THEN 'card' ELSE 'residence' END AS kind, u.unit, s.node,
         s.first_seen, s.last_seen, s.place,
         row_number() OVER (
           PARTITION BY s.pid, s.is_card
           ORDER BY s.civil_last DESC NULLS LAST, s.last_seen DESC, s.place, s.node
         ) = 1 AS open
  FROM $sightings AS s JOIN $unit_of_node AS u ON s.node = u.node
  WHERE (s.is_card OR s.field_last IS NOT NULL) AND $part
),
timed AS (
  SELECT *, lead(first_seen) OVER later AS next_seen, lead(unit) OVER later AS next_unit
  FROM seen
  WINDOW later AS (PARTITION BY pid, kind ORDER BY first_seen, unit, open, last_seen, node)
)
SELECT pid, kind, unit, node, open, FALSE AS programme, first_seen, last_seen,
       nullif(next_seen, first_seen) AS next_seen, place
FROM timed
WHERE open OR next_seen IS DISTINCT FROM first_seen OR next_unit IS DISTINCT FROM unit
