-- One row is one person whom an event puts on a node from a day on; key: none (a person may be
-- put on one node by several events). `field`: as sure as a visit, so that older cards do not
-- count against it.
WITH joining AS (
  SELECT pid, other, on_date, event, new_card, old_card, rid FROM $happened
),
own AS (
  SELECT pid, coalesce(new_card, CASE WHEN event NOT IN ('marriage', 'divorce', 'split') THEN old_card END) AS card,
         on_date, event, rid
  FROM joining
  UNION ALL
  SELECT other, new_card, on_date, event, rid FROM joining WHERE event = 'marriage' AND other IS NOT NULL
),
holders AS (
  SELECT pid, card, as_of,
         row_number() OVER (PARTITION BY pid ORDER BY slot) = 1 AS present
  FROM $spine WHERE card IS NOT NULL AND pid IN (
    SELECT s.pid FROM $spine AS s JOIN joining AS j ON s.card = j.old_card
    WHERE j.event IN ('card_changed', 'move_in', 'move_out', 'merge') AND j.new_card IS NOT NULL
  )
)
SELECT pid, card AS node, TRUE AS is_card,
       event IN ('marriage', 'divorce', 'split', 'adoption', 'merge', 'found') AS field, on_date,
       CASE WHEN event IN ('birth', 'adoption') THEN $child ELSE 0 END AS relation
FROM own WHERE card IS NOT NULL
  AND event IN ('birth', 'marriage', 'divorce', 'split', 'adoption', 'merge', 'found', 'card_changed', 'move_in')
UNION ALL
SELECT pid, CAST(md5_number_lower('alone' || rid) >> 1 AS BIGINT), FALSE, TRUE, on_date, 0
FROM own WHERE card IS NULL AND event IN ('divorce', 'split')
UNION ALL
SELECT h.pid, j.new_card, TRUE, FALSE, j.on_date, 0
FROM holders AS h JOIN joining AS j ON h.card = j.old_card
WHERE h.present AND h.as_of <= j.on_date AND j.new_card IS NOT NULL
  AND j.event IN ('card_changed', 'move_in', 'move_out', 'merge')
