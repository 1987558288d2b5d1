-- One row is one programme and payment period of a year: what the families of an area are owed, what
-- was matched, what they lack; key: programme, period_start. `paid` NULL: no payment was received
-- there for the period. `short`: families (persons) who lack something. `not_known`: kinds of
-- support whose amount is not known.
WITH owed AS (
  SELECT o.programme, o.period_start, o.period_end, bool_and(o.due) AS due,
         sum(o.amount)::BIGINT AS owed, count(DISTINCT o.family_id)::BIGINT AS families,
         (count(*) - count(o.amount))::BIGINT AS not_known
  FROM $owed AS o JOIN $families AS f ON f.family_id = o.family_id
  WHERE o.year = $year AND $lives GROUP BY o.programme, o.period_start, o.period_end
),
lacks AS (
  SELECT programme, period_start, sum(unpaid)::BIGINT AS unpaid, count(*)::BIGINT AS short
  FROM $unpaid WHERE $lives GROUP BY programme, period_start
),
paid AS (
  SELECT programme, period_start, sum(matched)::BIGINT AS matched,
         sum(CASE WHEN paid THEN amount END)::BIGINT AS paid
  FROM $reconciliation WHERE $lives GROUP BY programme, period_start
)
SELECT o.*, p.paid, p.matched, u.unpaid, u.short
FROM owed AS o
LEFT JOIN paid AS p ON p.programme = o.programme AND p.period_start = o.period_start
LEFT JOIN lacks AS u ON u.programme = o.programme AND u.period_start = o.period_start
ORDER BY o.programme, o.period_start, o.period_end
