-- One row is one person seen on one node (a family card, or a family of a source; never of the
-- base); key: pid, node. `place`: the slot of the first record that says so, and in its last
-- seven bits the relation that it gives.
-- `field`: where the family was found in the field, or stated by an event.
WITH seen AS (
  SELECT pid, card AS node, FALSE AS field, TRUE AS is_card, civil, as_of,
         slot * 128 + relation AS place
  FROM $spine WHERE card IS NOT NULL AND NOT base AND $part
  UNION ALL
  SELECT s.pid, s.home, f.source IS NOT NULL, FALSE, s.civil, s.as_of, s.slot * 128 + s.relation
  FROM $spine AS s LEFT JOIN $field_sources AS f ON s.source = f.source
  WHERE s.home IS NOT NULL AND NOT s.base AND $part
  UNION ALL
  SELECT pid, node, field, is_card, FALSE, on_date, relation FROM $stated
  WHERE node IS NOT NULL AND $part
)
SELECT pid, node, bool_or(is_card) AS is_card, max(as_of) FILTER (WHERE field) AS field_last,
       max(as_of) FILTER (WHERE civil) AS civil_last,
       min(as_of) AS first_seen, max(as_of) AS last_seen, count(*) AS times,
       min(place) AS place
FROM seen GROUP BY pid, node
