-- One row is something that stands on the day of the run, and since when; key: what, subject. Who
-- waits stands in `waits`.
SELECT n.what, n.subject, coalesce(b.since, $day) AS since
FROM $now AS n LEFT JOIN $before AS b ON n.what = b.what AND n.subject = b.subject
