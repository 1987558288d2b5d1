-- One row is one year, village and programme: what its families are owed for periods that have begun,
-- and what was paid for them; key: year, village, programme. The year is that of the period, not of
-- the day of payment. `owed_unknown`: kinds of support and periods whose amount is not known, which
-- stand in no sum. Payments to nobody known have no village.
WITH owed AS (
  SELECT o.year, f.village, o.programme, sum(o.amount)::BIGINT AS owed,
         (count(*) - count(o.amount))::BIGINT AS owed_unknown
  FROM $owed AS o JOIN $families AS f ON f.family_id = o.family_id
  GROUP BY o.year, f.village, o.programme
),
paid AS (
  SELECT year(coalesce(period_start, period_end, paid_on)) AS year, village, programme,
         sum(CASE WHEN paid THEN amount END)::BIGINT AS paid,
         sum(CASE WHEN paid THEN matched END)::BIGINT AS matched,
         count(CASE WHEN paid AND amount IS NULL THEN 1 END)::BIGINT AS paid_unknown
  FROM $reconciliation GROUP BY ALL
),
unpaid AS (
  SELECT year(period_start) AS year, village, programme, sum(unpaid)::BIGINT AS unpaid
  FROM $unpaid GROUP BY ALL
)
SELECT year, village, programme, sum(owed)::BIGINT AS owed,
       coalesce(sum(owed_unknown), 0)::BIGINT AS owed_unknown, sum(paid)::BIGINT AS paid,
       sum(matched)::BIGINT AS matched, coalesce(sum(paid_unknown), 0)::BIGINT AS paid_unknown,
       sum(unpaid)::BIGINT AS unpaid
FROM (FROM owed UNION ALL BY NAME FROM paid UNION ALL BY NAME FROM unpaid)
WHERE year IS NOT NULL AND programme IS NOT NULL
GROUP BY year, village, programme
