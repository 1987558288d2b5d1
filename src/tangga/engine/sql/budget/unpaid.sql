-- One row is one payment period of a family (a person, in a programme for persons) for which less was
-- received than is surely owed, after the period and its days are over; key: family_id, person_id,
-- programme, period_start. `why`: what the payment files say of it. Where no file speaks of a programme
-- and period, nothing is known of its payment, and it is not listed.
WITH owed AS (
  SELECT * EXCLUDE (known, pool_family), known AS owed, pool_family AS family_id
  FROM $pools WHERE due AND known > 0
),
taken AS (
  SELECT w.pool_family AS family_id, w.holder, w.programme, w.first, sum(m.matched)::BIGINT AS paid
  FROM $weighed AS w JOIN $matched AS m ON m.rid = w.rid
  WHERE w.plain GROUP BY w.pool_family, w.holder, w.programme, w.first
  UNION ALL
  SELECT s.pool_family, s.holder, s.programme, r.first, sum(s.taken)::BIGINT
  FROM $shares AS s JOIN (
    SELECT DISTINCT programme, period AS first, period_past AS past FROM $rates
  ) AS r ON r.programme = s.programme AND s.m >= r.first AND s.m < r.past
  GROUP BY s.pool_family, s.holder, s.programme, r.first
),
spoken AS (
  SELECT DISTINCT r.programme, r.period AS first
  FROM $rates AS r JOIN (SELECT DISTINCT programme, first, past FROM $every) AS y
    ON y.programme = r.programme AND y.first < r.period_past AND y.past > r.period
),
short AS (
  SELECT o.*, coalesce(t.paid, 0) AS paid
  FROM owed AS o SEMI JOIN spoken AS n ON n.programme = o.programme AND n.first = o.first
  LEFT JOIN taken AS t ON t.family_id = o.family_id AND t.holder = o.holder
    AND t.programme = o.programme AND t.first = o.first
  WHERE o.owed - coalesce(t.paid, 0) > $tolerance
),
said AS (
  SELECT s.family_id, s.holder, s.programme, s.first,
         min(CASE WHEN r.state IN ($whys) THEN r.state END) AS why
  FROM short AS s
  JOIN $every AS y ON y.pool_family = s.family_id AND y.holder = s.holder
    AND y.programme = s.programme AND y.first < s.past AND y.past > s.first
  JOIN $states AS r ON r.rid = y.rid
  GROUP BY s.family_id, s.holder, s.programme, s.first
)
SELECT s.family_id, nullif(s.holder, '') AS person_id, f.village, s.programme, s.period_start,
       s.period_end, s.owed, s.paid, s.owed - s.paid AS unpaid, s.suspended,
       coalesce(w.why, CASE WHEN s.paid > 0 THEN 'underpaid' ELSE 'no_payment' END) AS why
FROM short AS s
LEFT JOIN said AS w ON w.family_id = s.family_id AND w.holder = s.holder
  AND w.programme = s.programme AND w.first = s.first
LEFT JOIN $families AS f ON f.family_id = s.family_id
