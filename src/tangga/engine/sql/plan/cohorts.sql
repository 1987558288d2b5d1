-- One row is one family that was over the cap when the count began; key: family_id. The longest
-- supported are decided first, no more in a round than there are places; who finds no place in any
-- round is in the last (`place` FALSE). `months`: those before the count began.
WITH over AS (
  SELECT c.family_id, f.village[:$letters] AS area, c.months_protected - c.months_since_start AS months
  FROM $clock AS c JOIN $families AS f ON c.family_id = f.family_id
  WHERE c.months_protected - c.months_since_start >= $cap
),
queued AS (
  SELECT *, row_number() OVER (PARTITION BY area ORDER BY months DESC, family_id) AS turn FROM over
),
fitting AS (
  SELECT q.family_id, min(r.cohort) AS cohort
  FROM queued AS q JOIN $rounds AS r ON q.area = r.area AND q.turn <= r.places
  GROUP BY q.family_id
)
SELECT q.family_id, q.area, coalesce(t.cohort, $last) AS cohort, d.decide_by, q.months,
       t.cohort IS NOT NULL AS place
FROM queued AS q LEFT JOIN fitting AS t ON q.family_id = t.family_id
JOIN $dates AS d ON coalesce(t.cohort, $last) = d.cohort
ORDER BY cohort, area, turn
