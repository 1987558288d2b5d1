-- One row is one reference to a person and what was found; key: rid, role. `attached_by`: nik,
-- source_id, card (the name stands on the card), ambiguous, not_found; null where the row names no
-- person. `sure`: the number is confirmed by name or birth date, or nothing stands beside it.
WITH found AS (
  SELECT w.rid, w.role, w.of_kind, w.number IS NOT NULL OR w.person_source_id IS NOT NULL AS named,
         o.number IS NOT NULL AS owned, i.low IS NOT NULL AS known,
         CASE WHEN o.low = o.high THEN o.low WHEN c.name_low = c.name_high THEN c.name_low
              WHEN c.birth_low = c.birth_high THEN c.birth_low END AS by_number,
         CASE WHEN o.number IS NULL AND i.low = i.high THEN i.low END AS by_id,
         CASE WHEN m.low = m.high THEN m.low END AS by_card,
         c.name_low = c.name_high OR c.birth_low = c.birth_high OR (o.low = o.high AND c.bare)
           AS confirmed
  FROM $refs AS w
  LEFT JOIN $owners AS o ON w.number = o.number
  LEFT JOIN (SELECT * FROM $closer AS w WHERE $part) AS c ON w.rid = c.rid AND w.role = c.role
  LEFT JOIN (SELECT * FROM $source_ids AS w WHERE $part) AS i ON w.rid = i.rid AND w.role = i.role
  LEFT JOIN (SELECT * FROM $card_mates AS w WHERE $part) AS m ON w.rid = m.rid AND w.role = m.role
  WHERE $part
)
SELECT rid, role, of_kind, coalesce(by_number, by_id, by_card) AS pid,
       CASE WHEN by_number IS NOT NULL THEN 'nik' WHEN by_id IS NOT NULL THEN 'source_id'
            WHEN by_card IS NOT NULL THEN 'card' WHEN owned OR known THEN 'ambiguous'
            WHEN named THEN 'not_found' END AS attached_by,
       CASE WHEN by_number IS NOT NULL THEN coalesce(confirmed, FALSE)
            ELSE by_id IS NOT NULL END AS sure
FROM found
