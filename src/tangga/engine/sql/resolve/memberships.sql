-- One row is one person's time in one family by one reading; key: person_id, family_id, kind,
-- valid_from. A time that is over ends where the next begins, or on the day after it was last
-- seen; a death or a departure ends what was open.
WITH spells AS (SELECT * FROM $unit_spells UNION ALL SELECT * FROM $node_spells),
ends AS (SELECT pid, unnest(kinds) AS kind, on_date FROM $ends),
ended AS (
  SELECT s.*, CASE WHEN open THEN NULL WHEN next_seen > last_seen THEN next_seen
                   ELSE last_seen + 1 END AS over_on, e.on_date
  FROM spells AS s LEFT JOIN ends AS e ON s.pid = e.pid AND s.kind = e.kind
  WHERE $part
)
SELECT $person_id AS person_id, $family_id AS family_id,
       CASE kind WHEN 0 THEN 'card' WHEN 1 THEN 'found' WHEN 2 THEN 'official' ELSE 'residence' END
         AS kind,
       programme AND valid_to IS NULL AS programme, $relation AS relation, $kk AS kk,
       valid_from, valid_to
FROM (
  SELECT s.pid, f.id AS fid, s.kind, s.programme, s.place, s.node, s.first_seen AS valid_from,
         least(s.over_on, s.on_date) AS valid_to$card
  FROM ended AS s JOIN $family_ids AS f ON s.unit = f.grp$cards
  WHERE s.on_date IS NULL OR s.first_seen < s.on_date
  ORDER BY s.pid, s.kind, s.first_seen, f.id, s.node
)
