-- One row is one time during which something stood, as seen on the days of runs: from the first day
-- on which it did (since) to the first on which it no longer did (until, exclusive; null: it still
-- does). key: what, subject, since. Who still waits stands in `waits`.
--
-- What the run before knew of this very day is made anew, so that running a day twice changes
-- nothing.
WITH now AS (
  SELECT what, subject FROM $now
  UNION ALL
  SELECT 'waiting/' || programme, coalesce(person_id, family_id) FROM $waits
)
SELECT DISTINCT what, subject, since, until FROM $ledger WHERE since < $day AND until < $day
UNION ALL
SELECT b.what, b.subject, b.since, $day AS until
FROM $before AS b ANTI JOIN now AS n ON b.what = n.what AND b.subject = n.subject
UNION ALL
SELECT what, subject, since, NULL AS until FROM $now
