-- One row is one payment that takes part in the matching, and what is owed for its months; key: rid.
-- `known`: rupiah surely owed (of its component, where it names one); `unknown`: there may be more.
-- `plain`: all payments of its pool are for payment periods. `units`: it is so many times smaller or
-- larger than what is owed, and most likely written in other units.
WITH odd AS (SELECT DISTINCT pool_family, holder, programme FROM $pool_months),
parted AS (
  SELECT DISTINCT pool_family, programme, component FROM $paying WHERE component <> ''
),
parts AS (
  SELECT family_id AS pool_family, programme, component, first, past,
         CASE WHEN programme IN ($of_persons) THEN person_id ELSE '' END AS holder,
         coalesce(sum(amount), 0)::BIGINT AS known, count(*) > count(amount) AS unknown
  FROM $owed AS o SEMI JOIN parted AS p ON p.pool_family = o.family_id
    AND p.programme = o.programme AND p.component = o.component
  GROUP BY pool_family, holder, programme, component, first, past
),
sums AS (
  SELECT pool_family, holder, programme, '' AS component, first, past, known, unknown FROM $pools
  UNION ALL BY NAME SELECT * FROM parts
),
spans AS (
  SELECT DISTINCT y.pool_family, y.holder, y.programme, y.first, y.past
  FROM $paying AS y SEMI JOIN odd AS o
    ON o.pool_family = y.pool_family AND o.holder = y.holder AND o.programme = y.programme
),
of_months AS (
  SELECT s.pool_family, s.holder, s.programme, s.first, s.past, sum(m.known)::BIGINT AS known,
         bool_or(m.unknown) AS unknown
  FROM spans AS s JOIN $pool_months AS m ON m.pool_family = s.pool_family
    AND m.holder = s.holder AND m.programme = s.programme AND m.m >= s.first AND m.m < s.past
  GROUP BY s.pool_family, s.holder, s.programme, s.first, s.past
),
asked AS (
  SELECT y.*, o.pool_family IS NULL AS plain,
         coalesce(CASE WHEN o.pool_family IS NULL THEN s.known ELSE m.known END, 0) AS known,
         coalesce(CASE WHEN o.pool_family IS NULL THEN s.unknown ELSE m.unknown END, FALSE)
           AS unknown
  FROM $paying AS y
  LEFT JOIN odd AS o ON o.pool_family = y.pool_family AND o.holder = y.holder
    AND o.programme = y.programme
  LEFT JOIN sums AS s ON s.pool_family = y.pool_family AND s.holder = y.holder
    AND s.programme = y.programme AND s.component = y.component AND s.first = y.first
    AND s.past = y.past
  LEFT JOIN of_months AS m ON m.pool_family = y.pool_family AND m.holder = y.holder
    AND m.programme = y.programme AND m.first = y.first AND m.past = y.past
)
SELECT *, NOT unknown AND known > 0 AND amount > 0 AND ($units) AS units FROM asked
