-- One row is one payment that names, as the one whom it is for or as payee, somebody who died on a
-- day that nobody knows (`undated`), or who may have died before its period (`suspected`: a record of the
-- registry, or an event, that is not surely theirs); key: rid.
WITH doubted AS (
  SELECT person_id, nik, NULL::DATE AS died_on, TRUE AS undated FROM $dead WHERE died_on IS NULL
  UNION ALL
  SELECT v.person_id, p.nik, v.died_on, FALSE
  FROM (SELECT person_id, CASE WHEN count(*) = count(death_date) THEN min(death_date) END AS died_on
        FROM (SELECT person_id, death_date FROM $review
              UNION ALL SELECT person_id, on_date FROM $events WHERE person_id IS NOT NULL)
        GROUP BY person_id) AS v
  JOIN $persons AS p ON p.person_id = v.person_id
  ANTI JOIN $dead AS d ON d.person_id = v.person_id
),
named AS (
  SELECT y.rid, y.period_start, q.died_on, q.undated
  FROM $payments AS y JOIN doubted AS q ON q.person_id = y.person_id
  UNION ALL
  SELECT y.rid, y.period_start, q.died_on, q.undated
  FROM $payments AS y JOIN doubted AS q ON q.nik = y.number
)
SELECT rid, bool_or(undated) AS undated, bool_or(NOT undated) AS suspected
FROM named WHERE undated OR coalesce(died_on < period_start, TRUE) GROUP BY rid
