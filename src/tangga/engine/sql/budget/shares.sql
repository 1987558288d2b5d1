-- One row is what payments of one pool for the same months take of one month; only of pools in which
-- the months of payments cut across payment periods. Key: pool_family, holder, programme, component,
-- first, past, m. A payment is spread over its months as these are owed; those for fewer months come
-- first.
WITH paid AS (
  SELECT pool_family, holder, programme, component, first, past, sum(amount)::HUGEINT AS paid
  FROM $weighed WHERE NOT plain AND NOT units
  GROUP BY pool_family, holder, programme, component, first, past
),
spread AS (
  SELECT p.*, m.m, m.known,
         sum(m.known) OVER (g ORDER BY m.m) AS until, sum(m.known) OVER g AS whole
  FROM paid AS p JOIN $pool_months AS m ON m.pool_family = p.pool_family
    AND m.holder = p.holder AND m.programme = p.programme AND m.m >= p.first AND m.m < p.past
  WINDOW g AS (
    PARTITION BY p.pool_family, p.holder, p.programme, p.component, p.first, p.past)
),
shared AS (
  SELECT *, CASE WHEN whole = 0 THEN 0
    ELSE paid * until // whole - paid * (until - known) // whole END AS share
  FROM spread
),
before AS (
  SELECT *, coalesce(sum(share) OVER (
    PARTITION BY pool_family, holder, programme, m ORDER BY past - first, first, component
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS taken_before
  FROM shared
)
SELECT pool_family, holder, programme, component, first, past, m,
       greatest(least(share, known - taken_before), 0)::BIGINT AS taken
FROM before
