-- One row is one payment that takes part in the matching, and how much of it is owed; key: rid.
-- Payments for the same months draw on what is owed for them, those to the dead last, then in order
-- of day, amount and id. Those that name a component draw on it first; the others on what is left.
WITH paid AS (
  SELECT pool_family, holder, programme, component, first, past, plain, known,
         sum(amount)::HUGEINT AS paid
  FROM $weighed WHERE NOT units
  GROUP BY pool_family, holder, programme, component, first, past, plain, known
),
parts AS (SELECT *, least(paid, known) AS taken FROM paid WHERE plain AND component <> ''),
drawn AS (
  SELECT pool_family, holder, programme, first, past, sum(taken) AS taken
  FROM parts GROUP BY pool_family, holder, programme, first, past
),
wholes AS (
  SELECT p.* EXCLUDE (known), greatest(p.known - coalesce(d.taken, 0), 0) AS known
  FROM paid AS p LEFT JOIN drawn AS d ON d.pool_family = p.pool_family AND d.holder = p.holder
    AND d.programme = p.programme AND d.first = p.first AND d.past = p.past
  WHERE p.plain AND p.component = ''
),
taken AS (
  SELECT pool_family, holder, programme, component, first, past, taken, paid FROM parts
  UNION ALL
  SELECT pool_family, holder, programme, component, first, past, least(paid, known), paid
  FROM wholes
  UNION ALL
  SELECT s.pool_family, s.holder, s.programme, s.component, s.first, s.past, sum(s.taken),
         min(p.paid)
  FROM $shares AS s JOIN paid AS p ON NOT p.plain AND p.pool_family = s.pool_family
    AND p.holder = s.holder AND p.programme = s.programme AND p.component = s.component
    AND p.first = s.first AND p.past = s.past
  GROUP BY s.pool_family, s.holder, s.programme, s.component, s.first, s.past
),
ordered AS (
  SELECT w.*, coalesce(t.taken, 0) AS taken, t.paid, coalesce(sum(w.amount) OVER (
    PARTITION BY w.pool_family, w.holder, w.programme, w.component, w.first, w.past, w.units
    ORDER BY w.died_on IS NOT NULL OR w.undated, w.paid_on NULLS LAST, w.amount, w.rid
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
  FROM $weighed AS w LEFT JOIN taken AS t ON t.pool_family = w.pool_family
    AND t.holder = w.holder AND t.programme = w.programme AND t.component = w.component
    AND t.first = w.first AND t.past = w.past
)
SELECT rid, known, unknown, units, plain, before > 0 AS again, coalesce(paid, 0)::BIGINT AS paid,
       CASE WHEN units THEN 0
         ELSE greatest(least(amount, taken - before), 0) END::BIGINT AS matched
FROM ordered
