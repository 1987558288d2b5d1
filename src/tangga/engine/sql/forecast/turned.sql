-- One row is one family and month `k` from which on, for a while, nobody of it changes; `past`: the
-- month before which that ends. Key: family_id, k.
SELECT family_id, k, lead(k, 1, $past) OVER (PARTITION BY family_id ORDER BY k) AS past,
       (runs >> k) & 1 = 1 AS running
FROM (
  SELECT family_id, runs, CAST(unnest(range($first, $past)) AS INTEGER) AS k, turns
  FROM (
    SELECT family_id, bit_or(runs) AS runs,
           (bit_or($changes) | bit_or($runs_changes) | $start) & $mask AS turns
    FROM $answers GROUP BY family_id
  )
)
WHERE (turns >> k) & 1 = 1
