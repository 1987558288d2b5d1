-- One row is one family or person that a programme of one amount runs for in the months of one
-- version; key: the holder.
SELECT family_id, '$programme', $first, least(past, $past), $amount::BIGINT, TRUE, person_id
FROM (
  SELECT max(family_id) AS family_id, $person AS person_id, max(bit_count(runs))::INTEGER AS past
  FROM $running WHERE programme = '$programme' AND $holder IS NOT NULL GROUP BY $holder
) WHERE past > $first
