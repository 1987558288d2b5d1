-- One row is one month of one pool (a family's, or a person's, support by one programme) of which a
-- payment is for other months than a payment period has; key: pool_family, holder, programme, m.
-- `known`: rupiah surely owed for it; `unknown`: there may be more.
WITH periods AS (SELECT DISTINCT programme, period AS first, period_past AS past FROM $rates),
odd AS (
  SELECT DISTINCT y.pool_family, y.holder, y.programme
  FROM $paying AS y
  LEFT JOIN periods AS r ON r.programme = y.programme AND r.first = y.first AND r.past = y.past
  WHERE r.programme IS NULL
),
runs AS (
  SELECT o.pool_family, o.holder, o.programme, e.sure, e.maybe, r.first, r.past, r.once,
         CASE WHEN r.by_family THEN e.family_amount ELSE r.yearly END AS yearly
  FROM odd AS o
  JOIN $entitled AS e ON e.family_id = o.pool_family AND e.programme = o.programme
    AND (o.holder = '' OR o.holder = e.person_id)
  JOIN $rates AS r ON r.programme = e.programme AND r.component = e.component
  WHERE e.maybe & r.mask <> 0
),
months AS (SELECT *, unnest(range(first, past))::INTEGER AS m FROM runs)
SELECT pool_family, holder, programme, m,
       coalesce(sum(CASE WHEN (sure >> m) & 1 = 1 THEN
         CASE WHEN once THEN $share_of_once ELSE $month END END), 0)::BIGINT AS known,
       bool_or(yearly IS NULL OR (sure >> m) & 1 = 0) AS unknown
FROM months WHERE (maybe >> m) & 1 = 1
GROUP BY pool_family, holder, programme, m
