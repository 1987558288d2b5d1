-- One row is one time during which something stood, as seen on the days of runs: from the first day
-- on which it did (since) to the first on which it no longer did (until, exclusive; null: it still
-- does). key: what, subject, since.
--
-- What the run before knew of this very day is made anew, so that running a day twice changes
-- nothing. An earlier day than the ledger's changes no row of it.
WITH carried AS (
  SELECT l.what, coalesce(s.new_id, l.subject) AS subject, l.since, l.until
  FROM $ledger AS l LEFT JOIN $successors AS s ON l.subject = s.old_id
),
open_before AS (
  SELECT what, subject, min(since) AS since
  FROM carried
  WHERE since < $day AND (until IS NULL OR until >= $day) AND $forward
  GROUP BY what, subject
),
standing AS (
  SELECT DISTINCT what, subject, since, until
  FROM carried WHERE NOT $forward OR (since < $day AND until < $day)
  UNION ALL
  SELECT o.what, o.subject, o.since, CASE WHEN n.subject IS NULL THEN $day END AS until
  FROM open_before AS o LEFT JOIN $now AS n ON o.what = n.what AND o.subject = n.subject
  UNION ALL
  SELECT n.what, n.subject, $day AS since, NULL AS until
  FROM $now AS n ANTI JOIN open_before AS o ON n.what = o.what AND n.subject = o.subject
  WHERE $forward
)
SELECT what, subject, since, CAST(until AS DATE) AS until
FROM standing
ORDER BY what, subject, since
