-- One row is what one kind of support is owed in one payment period; key: family_id, person_id,
-- programme, component, period_start. `months`: how many of them it surely ran; `amount`: whole
-- rupiah, NULL where it is not known whether it ran, or what the rule gives. `due`: the period, and the
-- days in which a late payment may still come, are over. `alone`: one rule holds in all its months.
-- `over_limit`: more components run than the rule counts; asked of the day's own period, else NULL.
WITH runs AS (
  SELECT e.family_id, e.person_id, e.programme, e.component, e.suspended,
         CASE WHEN r.period_end >= DATE '$on' THEN e.over_limit END AS over_limit,
         r.period, r.period_past,
         r.year, r.period_start, r.period_end, r.mask, r.once, r.alone,
         CASE WHEN r.by_family THEN e.family_amount ELSE r.yearly END AS yearly,
         e.sure & r.mask AS sure, e.maybe & r.mask AS maybe, r.first, r.past
  FROM $entitled AS e
  JOIN $rates AS r ON r.programme = e.programme AND r.component = e.component
  WHERE r.begun AND e.maybe & r.mask <> 0
),
amounts AS (
  SELECT *, CASE
    WHEN once AND sure <> 0 THEN yearly
    WHEN sure <> maybe OR once THEN NULL
    WHEN sure = mask THEN $whole
    ELSE $partly
  END::BIGINT AS amount
  FROM runs
),
whose AS (
  SELECT * REPLACE (CASE WHEN component <> '' OR programme IN ($of_persons) THEN person_id END
    AS person_id) FROM amounts
)
SELECT family_id, person_id, programme, component, year, period_start, period_end,
       bit_count(sure)::INTEGER AS months, amount, period_end < DATE '$over' AS due, suspended,
       period AS first, period_past AS past, over_limit
FROM whose WHERE alone
UNION ALL
SELECT family_id, person_id, programme, component, year, period_start, period_end,
       bit_count(bit_or(sure))::INTEGER,
       CASE WHEN count(*) = count(amount) THEN sum(amount)::BIGINT END,
       period_end < DATE '$over', bool_or(suspended), period, period_past,
       bool_or(over_limit)
FROM whose WHERE NOT alone
GROUP BY family_id, person_id, programme, component, year, period_start, period_end, period,
         period_past
