-- One row is what is owed in a village, rung, kind of family, programme and month of the calendar
-- (`k`), as far as arithmetic goes; key: village, rung, kind, programme, k. not_known: families (or
-- persons) for which more or less may be owed. not_listed: of owed, the rupiah of components recorded
-- that the rule of the day does not, or not surely, have for the person.
WITH changes AS (
  SELECT village, rung, kind, programme, amount, listed, k, CAST(sum(n) AS BIGINT) AS n,
         CAST(sum(n) FILTER (WHERE NOT known) AS BIGINT) AS open
  FROM (
    SELECT f.village, f.rung, l.kind, o.programme, o.amount, o.known, o.listed, t.k, t.n
    FROM $owed AS o CROSS JOIN LATERAL (VALUES (o.first, 1), (o.past, -1)) AS t(k, n)
    LEFT JOIN $facts AS f ON o.family_id = f.family_id
    LEFT JOIN $families AS l ON o.family_id = l.family_id
  ) GROUP BY ALL
),
held AS (
  SELECT c.village, c.rung, c.kind, c.programme, c.amount, c.listed, m.k, c.n, c.open
  FROM changes AS c JOIN (SELECT CAST(unnest(range($months + 1)) AS INTEGER) AS k) AS m
    ON c.k <= m.k
)
SELECT village, rung, kind, programme, k,
       CAST(sum(n * (amount * ($month + 1) // 12 - amount * $month // 12)) AS BIGINT) AS owed,
       CAST(coalesce(sum(n * (amount * ($month + 1) // 12 - amount * $month // 12))
         FILTER (WHERE NOT listed), 0) AS BIGINT) AS not_listed,
       CAST(sum(n) AS BIGINT) AS holders, CAST(coalesce(sum(open), 0) AS BIGINT) AS not_known
FROM held GROUP BY ALL
