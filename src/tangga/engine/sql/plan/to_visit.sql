-- One row is a family to be visited; key: family_id. Where running support rests on what is not
-- known, or only the rank stands in the way, the visit has a deadline; else it is the next one.
SELECT a.family_id, f.village,
       a.why, s.since, CASE WHEN a.why <> 'next' THEN s.since + $days END AS deadline, a.facts
FROM $asked AS a
JOIN $facts AS f ON f.family_id = a.family_id
JOIN $since AS s ON s.what = 'visit/' || a.why AND s.subject = a.family_id
ORDER BY deadline NULLS LAST, f.village, a.family_id
