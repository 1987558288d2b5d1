-- One row is one family struck by a declared disaster, and the first month after it; key: family_id.
-- A disaster lasts until the return home, `most` months at most, as `plan/disasters` counts it.
SELECT family_id, max(past) AS past FROM (
  SELECT s.family_id,
         least(coalesce(min($back) FILTER (WHERE r.on_date >= s.on_date) + 1, $struck + $most),
               $struck + $most) AS past
  FROM $events AS s LEFT JOIN $ends AS r ON s.family_id = r.family_id
  GROUP BY s.family_id, s.on_date
) GROUP BY family_id
