-- One row is one family struck by a declared disaster, with its months as bits; key: family_id.
SELECT family_id, $bits FROM (
  SELECT s.family_id, $struck AS first,
         least(coalesce(min($back) FILTER (WHERE r.on_date >= s.on_date) + 1, $struck + $most),
               $struck + $most, $now + 1) AS past
  FROM $events AS s LEFT JOIN $ends AS r ON s.family_id = r.family_id
  GROUP BY s.family_id, s.on_date
) GROUP BY family_id
