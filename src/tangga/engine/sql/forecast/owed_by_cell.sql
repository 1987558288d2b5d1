-- One row is what is owed by arithmetic to the families of a cell by a programme in a month of the
-- calendar (`k`); key: programme, cell, k.
WITH changes AS (
  SELECT c.cell, o.programme, o.amount, t.k, CAST(sum(t.n) AS BIGINT) AS n
  FROM $owed AS o CROSS JOIN LATERAL (VALUES (o.first, 1), (o.past, -1)) AS t(k, n)
  JOIN $cells AS c ON o.family_id = c.family_id
  GROUP BY ALL
),
held AS (
  SELECT c.programme, c.cell, c.amount, c.n, m.k
  FROM changes AS c JOIN (SELECT CAST(unnest(range($months + 1)) AS INTEGER) AS k) AS m
    ON c.k <= m.k
)
SELECT programme, cell, k,
       CAST(sum(n * (amount * ($month + 1) // 12 - amount * $month // 12)) AS BIGINT) AS owed
FROM held GROUP BY programme, cell, k ORDER BY programme, cell, k
