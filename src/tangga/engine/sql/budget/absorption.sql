-- One row is one year, area, programme and source of funds: its budget; and one without a source:
-- what payment rows say, of which no source can be told. Neither is put together with the other; key:
-- year, area, programme, fund_source. `allocated`, `disbursed`: of the area's own budget lines.
-- `absorbed`: per cent disbursed, of a source that has both. NULL: not known. `owed`, `paid` ...: of
-- the families who live there (`paid_by_village`).
WITH budget AS (
  SELECT year, area, programme, fund_source,
         max(CASE WHEN measure = '$planned' THEN amount END) AS allocated,
         max(CASE WHEN measure = '$spent' THEN amount END) AS disbursed
  FROM $tree WHERE programme IS NOT NULL AND amount IS NOT NULL
  GROUP BY year, area, programme, fund_source
),
money AS (
  SELECT year, programme, u.area, sum(owed)::BIGINT AS owed,
         sum(owed_unknown)::BIGINT AS owed_unknown, sum(paid)::BIGINT AS paid,
         sum(matched)::BIGINT AS matched, sum(paid_unknown)::BIGINT AS paid_unknown,
         sum(unpaid)::BIGINT AS unpaid
  FROM (SELECT *, $above AS u FROM $money)
  WHERE (u.area <> '') = (u.level <> 'country') GROUP BY year, programme, u.area
),
put AS (
  SELECT *, CASE WHEN allocated > 0
    THEN (disbursed * 100.0 / allocated)::DECIMAL(18, 1)::DOUBLE END AS absorbed FROM budget
  UNION ALL BY NAME
  SELECT * REPLACE (CASE WHEN paid IS NOT NULL THEN coalesce(unpaid, 0) ELSE unpaid END AS unpaid)
  FROM money
)
SELECT year, $level AS level, area, programme, fund_source, allocated, disbursed, absorbed, owed,
       owed_unknown, paid, matched, paid_unknown, unpaid
FROM put
ORDER BY year, length(area), area, programme, fund_source NULLS FIRST
