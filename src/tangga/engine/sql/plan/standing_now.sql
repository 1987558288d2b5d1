-- One row is something that stands on the day of the run, and since when; key: what, subject.
SELECT n.what, n.subject, coalesce(min(l.since), $day) AS since
FROM $now AS n LEFT JOIN $ledger AS l
  ON n.what = l.what AND n.subject = l.subject
  AND l.since <= $day AND (l.until IS NULL OR l.until > $day)
GROUP BY n.what, n.subject
ORDER BY n.what, n.subject
