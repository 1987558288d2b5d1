-- One row is one family (or person) of one programme and what becomes of it under the scenario; key:
-- family_id, person_id. `fate`: stays, kept (receives, and what would decide is not known), enters,
-- leaves (no longer fits), no_place, no_money, no_rank (fits, in a queue of its own), no_amount (fits,
-- what it would cost is not known), outside (receives though no rule says it fits, before as after),
-- not_known, does_not_fit.
--
-- Where places or money are stated, all who fit stand in one order, the poorest first, and who comes
-- first is served until they end; who is kept is served before. Elsewhere there are as many places as
-- today: who leaves makes room for the next in the area. Only who stands in an order is put in it.
WITH c AS (
  SELECT *, place IS NULL AND fund IS NULL AS as_today,
    -- Nothing that is not known ends support: not whether it fits, its rank, or what it costs.
    receives AND (after IS NULL OR (after AND (
      (decile IS NULL AND (place IS NOT NULL OR fund IS NOT NULL))
      OR (amount_after IS NULL AND fund IS NOT NULL)))) AS kept
  FROM $candidates
),
leaving AS (
  SELECT *, as_today AND receives AND after IS FALSE AND before IS DISTINCT FROM FALSE AS leaves FROM c
),
freed AS (SELECT area, count(*) AS places FROM leaving WHERE leaves GROUP BY area),
places AS (
  SELECT l.place, coalesce(l.places, trunc(l.share * count(*) FILTER (WHERE c.after))::BIGINT)
           - count(*) FILTER (WHERE c.kept) AS places
  FROM $place_lines AS l LEFT JOIN c ON c.place = l.place GROUP BY l.place, l.places, l.share
),
funds AS (
  -- Who is kept has its money set aside first: of an amount not known, the most that it can be.
  SELECT l.fund, l.amount - coalesce(sum(coalesce(c.amount_after, c.most_after))
           FILTER (WHERE c.kept), 0) AS amount
  FROM $fund_lines AS l LEFT JOIN c ON c.fund = l.fund GROUP BY l.fund, l.amount
),
marked AS MATERIALIZED (
  SELECT q.*, f.places AS freed, ranked AND NOT kept
    AND CASE WHEN as_today THEN NOT receives AND f.places IS NOT NULL ELSE TRUE END AS queues
  FROM leaving AS q LEFT JOIN freed AS f ON f.area IS NOT DISTINCT FROM q.area
),
-- Since when: of who receives, since support began; else since they wait, by the ledger, or from now.
dated AS (
  SELECT m.*, coalesce(m.since, w.since, DATE '$day') AS asked,
         md5('$programme:$year:' || $subject) AS draw
  FROM marked AS m LEFT JOIN (SELECT * FROM $waits WHERE programme = '$programme') AS w
    ON w.family_id = m.family_id AND $same
  WHERE m.queues
),
queued AS (
  SELECT *, $turn AS turn, $next AS next FROM dated
),
placed AS (
  SELECT q.*, q.place IS NULL OR q.turn <= p.places AS has_place
  FROM queued AS q LEFT JOIN places AS p ON p.place = q.place
),
charged AS (SELECT *, $spent AS spent FROM placed),
told AS (
  SELECT c.* EXCLUDE (draw, turn, next, has_place, spent), CASE
    WHEN as_today THEN CASE WHEN next <= freed THEN 'enters' ELSE 'no_place' END
    WHEN NOT has_place THEN 'no_place'
    WHEN c.fund IS NOT NULL AND amount_after IS NULL THEN 'no_amount'
    WHEN c.fund IS NOT NULL AND spent > f.amount THEN 'no_money'
    WHEN receives THEN 'stays' ELSE 'enters' END AS fate
  FROM charged AS c LEFT JOIN funds AS f ON f.fund = c.fund
  UNION ALL
  SELECT *, NULL AS asked, CASE
    WHEN kept THEN 'kept'
    WHEN as_today AND receives THEN
      CASE WHEN leaves THEN 'leaves' WHEN after IS FALSE THEN 'outside' ELSE 'stays' END
    WHEN after IS NULL THEN 'not_known'
    WHEN NOT after THEN CASE WHEN receives THEN 'leaves' ELSE 'does_not_fit' END
    WHEN decile IS NULL THEN 'no_rank'
    ELSE 'no_place' END AS fate
  FROM marked WHERE NOT queues
)
SELECT programme, family_id, person_id, village, people, decile, protected, severity, asked,
       area, place, fund, before, after, receives, amount_before, amount_after,
       recorded_before, recorded_after, most_before, most_after, sets, fate,
       fate IN ('stays', 'kept', 'enters', 'outside') AS served
FROM told
