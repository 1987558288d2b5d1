-- One row is one year, area and programme: its budget, and beside it, never put together with it,
-- what payment rows say; key: year, area, programme. `allocated`, `disbursed`: of the area's own budget
-- lines, all sources of funds that have one. `absorbed`: per cent disbursed, of the sources that have
-- both. NULL: not known. `owed`, `paid` ...: of the families who live there (`paid_by_village`).
WITH sources AS (
  SELECT year, area, programme, fund_source,
         sum(CASE WHEN measure = '$planned' THEN amount END)::BIGINT AS allocated,
         sum(CASE WHEN measure = '$spent' THEN amount END)::BIGINT AS disbursed
  FROM $tree WHERE programme IS NOT NULL AND amount IS NOT NULL
  GROUP BY year, area, programme, fund_source
),
budget AS (
  SELECT year, area, programme, sum(allocated)::BIGINT AS allocated,
         sum(disbursed)::BIGINT AS disbursed,
         sum(CASE WHEN disbursed IS NOT NULL THEN allocated END)::BIGINT AS base,
         sum(CASE WHEN allocated IS NOT NULL THEN disbursed END)::BIGINT AS of_base
  FROM sources GROUP BY year, area, programme
),
money AS (
  SELECT year, programme, u.area, sum(owed)::BIGINT AS owed,
         sum(owed_unknown)::BIGINT AS owed_unknown, sum(paid)::BIGINT AS paid,
         sum(matched)::BIGINT AS matched, sum(paid_unknown)::BIGINT AS paid_unknown,
         sum(unpaid)::BIGINT AS unpaid
  FROM (SELECT *, $above AS u FROM $money)
  WHERE (u.area <> '') = (u.level <> 'country') GROUP BY year, programme, u.area
)
SELECT year, $level AS level, area, programme, b.allocated, b.disbursed,
       CASE WHEN b.base > 0 THEN (b.of_base * 100.0 / b.base)::DECIMAL(18, 1)::DOUBLE END AS absorbed,
       m.owed, m.owed_unknown, m.paid, m.matched, m.paid_unknown,
       CASE WHEN m.paid IS NOT NULL THEN coalesce(m.unpaid, 0) ELSE m.unpaid END AS unpaid
FROM budget AS b FULL JOIN money AS m USING (year, area, programme)
ORDER BY year, length(area), area, programme
