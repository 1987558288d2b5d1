-- One row is one family and month in which somebody of it ceases to be so, and the last day of those
-- on which somebody does; key: family_id, k. NULL where of one of them it cannot be told.
SELECT e.family_id, e.k, CASE WHEN count($on_day) = count(*) THEN max($on_day) END AS on_day
FROM (
  SELECT family_id, days, bit_count((ends & -ends) - 1)::INTEGER AS last, last + 1 AS k
  FROM (
    SELECT family_id, days, maybe & ~(maybe >> 1) AS ends
    FROM (SELECT d.family_id, $maybe AS maybe, $days AS days FROM $people AS d)
    WHERE maybe <> 0
  ) WHERE ends <> 0
) AS e
JOIN $calendar AS c ON c.k = e.k
GROUP BY e.family_id, e.k
